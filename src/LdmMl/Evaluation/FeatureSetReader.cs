using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Evaluation;

/// <summary>Reads a data view once, row after row, into the statistics of a set.</summary>
internal sealed class FeatureSetReader(GenerationEvaluationOptions options, EvaluationReport report)
{
    /// <exception cref="ArgumentException">The column is missing, or holds something else.</exception>
    public FeatureSetStatistics Read(IDataView data) =>
        options.FeatureModel is { } model ? ReadImages(data, model) : ReadVectors(data);

    /// <summary>Describes images for a receiver of every row.</summary>
    public void Describe(IDataView data, FeatureModel model, IFeatureRows rows)
    {
        var column = new ColumnNeed(options.ImageColumnName, ColumnContent.Image).Find(data.Schema);
        var batch = new PixelBatch(options.BatchSize, options.Background);
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<MLImage>(column);
        MLImage? image = null;   // owned by its producer: never disposed here
        while (cursor.MoveNext())
        {
            report.Row();
            getter(ref image!);
            if (image is null)
            {
                rows.AddMissing();
                continue;
            }

            var size = new ImageSize(image.Width, image.Height);
            RequireSize(model, size, cursor.Position);
            rows.Add(size);
            batch.Add(image);
            if (batch.IsFull)
                Describe(batch, model, rows);
        }

        Describe(batch, model, rows);
    }

    private FeatureSetStatistics ReadVectors(IDataView data)
    {
        var name = options.FeatureColumnName;
        var column = new ColumnNeed(name, ColumnContent.Features).Find(data.Schema);
        var dimensions = ((VectorDataViewType)column.Type).Size;
        if (dimensions == 0)
            throw new ArgumentException($"The vectors of column '{name}' have no declared length; give them one, such as [VectorType(2048)].");
        var statistics = Begin(FeatureDescription.OfColumn(name, dimensions));
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> vector = default;
        var row = new float[dimensions];
        while (cursor.MoveNext())
        {
            report.Row();
            getter(ref vector);
            vector.CopyTo(row);
            if (MissingValues.AnyIn(row))
                ((IFeatureRows)statistics).AddMissing();
            else if (Array.Exists(row, float.IsInfinity))
                throw RowError.Of(cursor.Position, $"column '{name}' holds an infinite feature. Look into what computed it.");
            else
                statistics.Add(row);
        }

        return statistics;
    }

    private FeatureSetStatistics ReadImages(IDataView data, FeatureModel model)
    {
        var statistics = Begin(FeatureDescription.Of(model));
        Describe(data, model, statistics);
        return statistics;
    }

    private static void Describe(PixelBatch batch, FeatureModel model, IFeatureRows rows)
    {
        if (batch.Count > 0)
            rows.Add(BatchForward.Features(model, batch));
        batch.Clear();
    }

    private void RequireSize(FeatureModel model, ImageSize size, long row)
    {
        if (Math.Min(size.Width, size.Height) < model.MinimumSize)
        {
            throw RowError.Of(row,
                $"the image in column '{options.ImageColumnName}' is {size}; {model.Name} needs at least {model.MinimumSize} pixels "
                + $"on each side. {Resizing.Before}");
        }
    }

    private FeatureSetStatistics Begin(FeatureDescription features) => new(features, options.SampleCapacity, options.Seed);
}
