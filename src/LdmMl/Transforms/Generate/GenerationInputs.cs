using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Transforms.Generate;

/// <summary>Reads what rows are generated from, and combines rows of one size as the model takes them.</summary>
internal sealed class GenerationInputs
{
    private readonly SeedReader seeds;
    private readonly LabelReader? labels;
    private readonly TokenReader? context, unconditional;
    private readonly InitialImageReader? images;
    private readonly GenerateImagesColumns columns;
    private readonly ImageSize size;
    private readonly int imageChannels;

    public GenerationInputs(DataViewRow row, GenerateImagesColumns columns, LatentDiffusionModel model, GenerateImagesOptions options)
    {
        (this.columns, imageChannels) = (columns, model.Autoencoder.Config.ImageChannels);
        seeds = new SeedReader(row, columns.Seed?.FindIfThere(row.Schema), options.SeedOffset);
        this.labels = columns.Label is { } labels
            ? new LabelReader(row, labels.Find(row.Schema), (LabelConditioning)model.Config.Conditioning)
            : null;
        context = Tokens(columns.Context, row);
        unconditional = Tokens(columns.UnconditionalContext, row);
        images = columns.Image is null ? null : new InitialImageReader(row, columns, model.Autoencoder.Config, options.Background);
        size = images is null ? columns.SizeOf([])!.Value : default;
    }

    /// <summary>Reads the current row into the batch, unless something that it needs is missing.</summary>
    public void ReadRow(GenerationRows batch, int slot)
    {
        ref var row = ref batch.Rows[slot];
        row.Seed = seeds.Read();
        row.Label = labels?.Read() ?? 0;
        if (context?.Read(ref row.Context) == false || unconditional?.Read(ref row.Unconditional) == false)
            return;
        if (images is null)
            batch.Add(slot, size);
        else
            images.Read(batch, slot);
    }

    /// <summary>Gives the size of the images that rows with planes of a size lead to.</summary>
    public ImageSize ResultSize(ImageSize planes) => images is null ? planes : columns.ResultSize(planes);

    /// <summary>Combines rows of one size as the model takes them. The tensors belong to the scope around.</summary>
    public GenerationBatch Combine(GenerationRows batch, PlaneGroup group)
    {
        GenerationRows.Row[] rows = [.. group.Slots.Select(slot => batch.Rows[slot])];
        var planes = this.images is null ? null : group.Rows();
        var images = planes?.narrow(1, 0, imageChannels);
        return new GenerationBatch
        {
            Seeds = [.. rows.Select(row => row.Seed)],
            Labels = labels is null ? null : [.. rows.Select(row => row.Label)],
            Context = context is null ? null : Stack(rows.Select(row => row.Context), rows.Length, context.Tokens),
            UnconditionalContext = unconditional is null ? null : Stack(rows.Select(row => row.Unconditional), rows.Length, unconditional.Tokens),
            InitialImages = columns.Enlarges ? null : images,
            LowResolutionImages = columns.Enlarges ? images : null,
            Masks = columns.Mask is null ? null : planes!.narrow(1, imageChannels, 1),
        };
    }

    private TokenReader? Tokens(ColumnNeed? need, DataViewRow row)
    {
        if (need is null)
            return null;
        var column = need.Find(row.Schema);
        return new TokenReader(row, column, columns.CountTokens(need, (VectorDataViewType)column.Type));
    }

    /// <summary>Stacks the tokens of rows: [rows, tokens, dimension].</summary>
    private static Tensor Stack(IEnumerable<float[]> contexts, int rows, int tokens)
    {
        float[] values = [.. contexts.SelectMany(context => context)];
        return tensor(values, rows, tokens, values.Length / (rows * tokens));
    }
}
