namespace LdmMl.Torch.Distributed;

/// <summary>The implementations of MPI, which differ in what a communicator and a data type are.</summary>
internal enum MpiKind
{
    /// <summary>Open MPI 4: pointers to objects that the library exports.</summary>
    OpenMpi,

    /// <summary>MPICH 3.1 or later and all that share its ABI, such as Intel MPI and MVAPICH: fixed numbers.</summary>
    Mpich,
}
