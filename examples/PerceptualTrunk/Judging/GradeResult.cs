namespace PerceptualTrunk.Judging;

/// <summary>One grade of a distortion.</summary>
/// <param name="Grade">The grade, in the distortion's unit.</param>
/// <param name="Verdicts">The results of the measures.</param>
/// <param name="Changed">How many images differ at all from those of the grade before; a grey image has no hue to rotate.</param>
/// <param name="Risen">For how many of these the perceptual distance is larger than for the grade before.</param>
internal sealed record GradeResult(double Grade, Verdicts Verdicts, int Changed, int Risen);
