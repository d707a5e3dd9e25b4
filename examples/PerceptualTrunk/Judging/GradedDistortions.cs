using PerceptualTrunk.Distortions;

namespace PerceptualTrunk.Judging;

/// <summary>Measures a distortion grade by grade.</summary>
internal static class GradedDistortions
{
    public static IReadOnlyList<GradeResult> Measure(Judge judge, Distortion distortion)
    {
        var results = new List<GradeResult>();
        var before = new Verdicts([.. Enumerable.Repeat(double.PositiveInfinity, judge.Count)], new float[judge.Count], new Lazy<double[]>([]));
        foreach (var grade in distortion.Grades)
        {
            var verdicts = judge.Of(image => distortion.Apply(image, grade));
            var changed = Enumerable.Range(0, judge.Count).Where(index => verdicts.Psnr[index] != before.Psnr[index]).ToArray();
            results.Add(new GradeResult(grade, verdicts, changed.Length, changed.Count(index => verdicts.Distance[index] > before.Distance[index])));
            before = verdicts;
        }
        return results;
    }
}
