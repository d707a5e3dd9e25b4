using OnnxOnly;
using SkiaSharp;

// Draws emoji from a folder that 'ldmml export emoji --out FOLDER' wrote, without LdmMl: dotnet run --project examples/OnnxOnly -- FOLDER
if (args is not [var folder])
{
    Console.Error.WriteLine("Give the folder of an exported model: 'ldmml export emoji --out FOLDER' writes one.");
    return 2;
}

const int Side = 64, Columns = 6;
using var model = new ExportedModel(folder);
using var grid = new SKBitmap(Columns * Side, model.Labels.Count * Side);
foreach (var (row, label) in model.Labels.Index())
{
    for (var column = 0; column < Columns; column++)
        Paint(grid, model.Draw(label, Noise(seed: column, model.LatentShape.Aggregate((product, length) => product * length))), column * Side, row * Side);
}

using var png = File.Create("drawn.png");
grid.Encode(png, SKEncodedImageFormat.Png, 100);
Console.WriteLine($"drawn.png: {string.Join(", ", model.Labels)}, {Columns} of each.");
return 0;

static float[] Noise(int seed, int count)
{
    var random = new Random(seed);
    return [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}

static void Paint(SKBitmap grid, float[] image, int left, int top)
{
    byte Level(int channel, int pixel) => (byte)Math.Round((image[(channel * Side * Side) + pixel] + 1) * 127.5);
    for (var pixel = 0; pixel < Side * Side; pixel++)
        grid.SetPixel(left + (pixel % Side), top + (pixel / Side), new SKColor(Level(0, pixel), Level(1, pixel), Level(2, pixel)));
}
