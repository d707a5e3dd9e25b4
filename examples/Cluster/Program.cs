using Cluster;
using Microsoft.ML;

// Cluster MODEL.ZIP: reads paths of images from standard input, and writes each with its PSNR. Spark's pipe() starts one for each partition.
if (args is not [var file])
{
    Console.Error.WriteLine("Name the model.zip; give paths of images on standard input, one in a line.");
    return 2;
}

var mlContext = new MLContext();
var model = mlContext.Model.Load(file, out _);
var rows = mlContext.Data.LoadFromEnumerable(Lines().Select(path => new ImagePath { Path = path }));
foreach (var row in mlContext.Data.CreateEnumerable<Score>(model.Transform(rows), reuseRowObject: true))
    Console.WriteLine($"{row.Path}\t{row.Psnr}");
return 0;

static IEnumerable<string> Lines()
{
    while (Console.ReadLine() is { } line)
        yield return line;
}
