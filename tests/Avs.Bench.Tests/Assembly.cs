// The number of live tensors and the library's default generator belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
