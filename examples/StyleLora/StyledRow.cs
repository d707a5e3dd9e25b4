using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace StyleLora;

/// <summary>A print, and the label of what it shows.</summary>
internal sealed class StyledRow
{
    [ImageType(Style.Side, Style.Side)]
    public required MLImage Image { get; init; }

    public required string Label { get; init; }
}
