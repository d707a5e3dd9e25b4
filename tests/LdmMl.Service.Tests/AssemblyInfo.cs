// Meters belong to the process, and each service uses every core.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
