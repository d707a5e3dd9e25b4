using PerceptualTrunk.Distortions;

namespace PerceptualTrunk.Judging;

/// <summary>Prints the results of the measures as Markdown tables.</summary>
internal static class DistortionTables
{
    public static void Print(Judge judge)
    {
        Console.WriteLine("\n| distortion | grade | PSNR, dB | SSIM | distance | larger than the grade before |\n|---|---|---|---|---|---|");
        foreach (var distortion in Distortion.All)
        {
            foreach (var result in GradedDistortions.Measure(judge, distortion))
            {
                var verdicts = result.Verdicts;
                Console.WriteLine(
                    $"| {distortion.Name} ({distortion.Unit}) | {result.Grade} | {Median(verdicts.Psnr):F2} | {Median(verdicts.Ssim.Value):F4} | " +
                    $"{verdicts.Distance.Average():F4} | {result.Risen} of {result.Changed} |");
            }
        }
        Console.WriteLine($"\n| milder | worse | PSNR, dB | right by PSNR | by SSIM | by the distance |\n|---|---|---|---|---|---|");
        foreach (var order in KnownOrder.All)
        {
            var result = KnownOrderResult.Measure(judge, order);
            Console.WriteLine(
                $"| {order.MilderName} | {order.WorseName} | {Median(result.Milder.Psnr):F2} / {Median(result.Worse.Psnr):F2} | " +
                $"{result.PsnrRight} of {judge.Count} | {result.SsimRight} | {result.DistanceRight} |");
        }
    }

    // The median, because the PSNR of an image that a distortion does not change is infinite.
    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
