switch (args)
{
    case ["run", var file]:
        Journey.Run(file);
        break;
    case ["open", var file]:
        Journey.Open(file);
        break;
    case ["touch", "here"]:                                      // TorchSharp before LdmMl, in the same method
        using (var images = TorchSharp.torch.zeros(2, 3))
            Console.WriteLine($"touched {images.numel()}, {LdmMl.Torch.Native.TorchRuntime.KeepFreedMemory() || true}");
        break;
    case ["touch", "in another method"]:
        Touching.Method();
        break;
    case ["touch", "in a static field"]:
        Console.WriteLine($"touched {Touching.Field}");
        break;
}

internal static class Touching
{
    public static readonly long Field = (long)TorchSharp.torch.ones(2, 3).sum().item<float>();

    public static void Method() => Console.WriteLine($"touched {TorchSharp.torch.zeros(6).numel()}");
}
