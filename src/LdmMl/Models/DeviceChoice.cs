using LdmMl.Internals;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Native;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>Chooses the device that a model computes on.</summary>
internal static class DeviceChoice
{
    /// <summary>Opens a handle to the model with the device, precision and convolution mode of the options.</summary>
    /// <exception cref="InvalidOperationException">The GPU cannot be used, and falling back was not allowed.</exception>
    public static TModel Open<TModel>(ModelHandle<TModel> model, ModelTransformOptions options, IHostEnvironment environment)
        where TModel : ModelHandle<TModel>
    {
        var device = Choose(
            model.Device, options.GpuDeviceId ?? MlHost.GpuDeviceId(environment), options.FallbackToCpu || MlHost.FallbackToCpu(environment));
        using var moved = model.To(device, options.Precision ?? model.Precision);
        return moved.With(options.Convolutions ?? model.Convolutions);
    }

    /// <summary>Chooses the device.</summary>
    /// <exception cref="InvalidOperationException">The GPU cannot be used, and falling back was not allowed.</exception>
    public static Device Choose(Device current, int? gpuDeviceId, bool fallbackToCpu)
    {
        if (gpuDeviceId is not { } gpu)
            return current;
        TorchRuntime.EnsureLoaded();
        if (cuda.is_available() && gpu < cuda.device_count())
            return new Device(DeviceType.CUDA, gpu);
        if (fallbackToCpu)
            return CPU;
        var found = cuda.is_available() ? $"there are {cuda.device_count()} GPUs, counted from 0" : "no GPU can be used here";
        throw new InvalidOperationException(
            $"GPU {gpu} was requested, but {found}. Set FallbackToCpu to use the CPU in that case, or leave GpuDeviceId null.");
    }
}
