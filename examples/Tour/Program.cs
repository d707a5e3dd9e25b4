// dotnet run -c Release --project examples/Tour [-- OUTPUT_FOLDER]
// Creates the pictures of the guided tour in examples/README.md: one for each idea of latent diffusion, from the models in examples/models.
using LdmMl;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Native;
using Tour;
using TorchSharp;

TorchRuntime.KeepFreedMemory();                                     // faster, but the process keeps more memory
var output = Directory.CreateDirectory(args.FirstOrDefault() ?? Path.Combine("out", "tour")).FullName;
using var model = LatentDiffusionModel.Load(ExampleFiles.LatentDiffusion);
using var distance = PerceptualModel.Load(ExampleFiles.Trunk);
using var inference = torch.inference_mode();
using var emoji = Pictures.Read("smiling-face-with-sunglasses", "fox-face", "red-apple");

Save("noising.png", Noising.Draw(model, emoji));
Save("backward.png", Backward.Draw(model));
Save("network.png", Network.Draw(model, emoji.narrow(0, 0, 1)));
Save("guidance.png", Guided.Draw(model));
Save("latents.png", Latents.Draw(model.Autoencoder, emoji));
Save("space.png", Space.Draw(model.Autoencoder, emoji.narrow(0, 1, 1)));
Save("distance.png", Distances.Draw(distance, emoji));

void Save(string name, IReadOnlyList<ImageGroup> lines)
{
    var path = Path.Combine(output, name);
    ImageGrid.Save(path, lines, scale: 2);
    Console.WriteLine(path);
    foreach (var image in lines.SelectMany(line => line.Images))
        image.Dispose();
}
