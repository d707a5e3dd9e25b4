namespace PerceptualTrunk.Judging;

/// <summary>One grade of a distortion.</summary>
/// <param name="Grade">The grade, in the distortion's unit.</param>
/// <param name="Verdicts">What the measures say of it.</param>
/// <param name="Changed">How many images differ at all from those of the grade before; a grey image has no hue to turn.</param>
/// <param name="Risen">For how many of these the perceptual distance is larger than at the grade before.</param>
internal sealed record GradeResult(double Grade, Verdicts Verdicts, int Changed, int Risen);
