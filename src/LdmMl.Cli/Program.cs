using LdmMl.Cli;
using LdmMl.Torch.Native;

TorchRuntime.KeepFreedMemory();
return await Tool.RunAsync(args);
