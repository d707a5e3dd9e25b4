#:package LdmMl@$VERSION
#:package TorchSharp-cpu@$TORCH
using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;

var model = AutoencoderModel.Create(
    new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 2], LatentChannels = 4, ResidualBlocks = 1 }, seed: 1);
model.Save("saved");
using var opened = AutoencoderModel.Load("saved");
using var latents = opened.Encode(TorchSharp.torch.zeros(2, 3, 16, 16));
var estimator = new MLContext().Transforms.ReconstructImages("Reconstruction", opened, "Image");
Console.WriteLine($"latents [{string.Join(", ", latents.shape)}], {estimator.GetType().Name}");
