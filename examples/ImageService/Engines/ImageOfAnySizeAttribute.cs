using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace ImageService.Engines;

/// <summary>An image column without a fixed size, which ML.NET's own attribute cannot describe.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ImageOfAnySizeAttribute : DataViewTypeAttribute
{
    public override bool Equals(DataViewTypeAttribute? other) => other is ImageOfAnySizeAttribute;

    public override bool Equals(object? obj) => Equals(obj as DataViewTypeAttribute);

    public override int GetHashCode() => typeof(ImageOfAnySizeAttribute).GetHashCode();

    public override void Register() => DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);
}
