using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>
/// The annotation of a column of latents with the autoencoder that made it, so that a trainer later in the same chain finds its first stage. It lives
/// as long as the transformer that made the column, and is not stored.
/// </summary>
internal static class FirstStageAnnotation
{
    private const string Name = "LdmMlFirstStage";

    /// <summary>Annotates a column.</summary>
    public static DataViewSchema.DetachedColumn With(DataViewSchema.DetachedColumn column, AutoencoderModel model)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(Name, new HandleType(), (ref AutoencoderModel value) => value = model);
        return new DataViewSchema.DetachedColumn(column.Name, column.Type, annotations.ToAnnotations());
    }

    /// <summary>Finds the autoencoder that made a column.</summary>
    /// <exception cref="ArgumentException">There is no such column, or no autoencoder of this library made it.</exception>
    public static AutoencoderModel Find(DataViewSchema schema, string column)
    {
        if (schema.GetColumnOrNull(column) is not { } latents || latents.Annotations.Schema.GetColumnOrNull(Name) is null)
        {
            throw new ArgumentException(
                $"There is no first stage: give {nameof(DiffusionEstimatorOptions.Autoencoder)} or " +
                $"{nameof(DiffusionEstimatorOptions.FirstStage)}, or put Trainers.Autoencoder before this in a chain, whose column '{column}' " +
                $"({nameof(DiffusionEstimatorOptions.LatentColumnName)}) names it.");
        }

        AutoencoderModel model = null!;
        latents.Annotations.GetValue(Name, ref model);
        return model;
    }

    private sealed class HandleType() : StructuredDataViewType(typeof(AutoencoderModel))
    {
        public override bool Equals(DataViewType? other) => other is HandleType;
    }
}
