using LdmMl.Torch.Checkpoints.Pickles;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>
/// Names that only an attack would put into a checkpoint. Nothing is ever called here, so this list is not what prevents execution:
/// it tells the user that the file is hostile, instead of silently ignoring the attempt.
/// </summary>
internal static class RefusedGlobals
{
    // Modules of the standard library and their submodules. Names that a user's own package may have are left out.
    private static readonly HashSet<string> Modules = new(StringComparer.Ordinal)
    {
        "os", "posix", "nt", "posixpath", "ntpath", "subprocess", "_posixsubprocess", "popen2", "pty", "sys", "shutil", "socket",
        "runpy", "importlib", "zipimport",
        "ctypes", "_ctypes", "pickle", "_pickle", "cPickle", "marshal", "multiprocessing", "asyncio", "operator", "_operator",
        "webbrowser", "urllib", "pip",
        "timeit", "pdb", "bdb", "cProfile", "codeop", "pydoc",
    };

    // Of the builtins only plain data types appear in honest files.
    private static readonly HashSet<string> HonestBuiltins = new(StringComparer.Ordinal)
    {
        "set", "frozenset", "complex", "bytearray", "bytes", "slice", "range", "xrange", "object", "list", "dict",
        "tuple", "int", "long", "float", "bool",
        "str", "unicode", "type", "NoneType", "Ellipsis", "NotImplemented",
    };

    /// <summary>Refuses a name that has no legitimate use.</summary>
    /// <exception cref="InvalidDataException">It has none.</exception>
    public static void Check(PickleGlobal name)
    {
        var refused = name.Module is "builtins" or "__builtin__"
            ? !HonestBuiltins.Contains(name.Name)
            : Modules.Contains(name.Module.Split('.', 2)[0]);
        if (refused)
        {
            throw new InvalidDataException(
                $"the pickle names '{name}', which runs code when Python opens the file. Nothing was executed; do not trust this file.");
        }
    }
}
