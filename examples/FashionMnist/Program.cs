// dotnet run -c Release --project examples/FashionMnist -- [DATA_FOLDER] [OUT_FOLDER]
//     trains a first stage and a class-conditional latent diffusion model on Fashion-MNIST, from its four files, and judges 10,000 images
//     of the model; parts that are already in OUT_FOLDER are not trained again
using FashionMnist;
using LdmMl.Torch.Native;

TorchRuntime.KeepFreedMemory();
var data = FashionData.Read(args.ElementAtOrDefault(0) ?? FashionData.DebianFolder);
var output = Directory.CreateDirectory(args.ElementAtOrDefault(1) ?? Path.Combine("out", "fashion-mnist")).FullName;
Console.WriteLine($"{data.Training.Images.Count:N0} training images and {data.Test.Images.Count:N0} test images of {FashionData.Side}x{FashionData.Side}.");

using var firstStage = FirstStage.Open(Path.Combine(output, "first-stage"), data, Plan.Full);
using var model = Diffusion.Open(Path.Combine(output, "model"), firstStage, data, Plan.Full);
using var classifier = Classifier.Open(Path.Combine(output, "classifier.safetensors"), data, Plan.Full);
Judgement.Print(model, classifier, data, output, Plan.Full);
