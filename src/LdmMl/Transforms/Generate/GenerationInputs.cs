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

/// <summary>Reads the inputs of generation, and combines rows of one size into what the model takes.</summary>
internal sealed class GenerationInputs
{
    private readonly SeedReader seeds;
    private readonly LabelReader? labels;
    private readonly TokenReader? context, unconditional;
    private readonly Func<string>? prompts, negativePrompts;
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
        prompts = Texts(columns.Prompt, row);
        negativePrompts = Texts(columns.NegativePrompt, row);
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
        row.Prompt = prompts?.Invoke();
        row.NegativePrompt = negativePrompts?.Invoke();
        if (context?.Read(ref row.Context) == false || unconditional?.Read(ref row.Unconditional) == false)
            return;
        if (images is null)
            batch.Add(slot, size);
        else
            images.Read(batch, slot);
    }

    /// <summary>Gets the size of the images that are generated from rows with planes of some size.</summary>
    public ImageSize ResultSize(ImageSize planes) => images is null ? planes : columns.ResultSize(planes);

    /// <summary>Combines rows of one size into what the model takes. The tensors belong to the enclosing scope.</summary>
    public GenerationBatch Combine(GenerationRows batch, PlaneGroup group)
    {
        GenerationRows.Row[] rows = [.. group.Slots.Select(slot => batch.Rows[slot])];
        var planes = this.images is null ? null : group.Rows();
        var images = planes?.narrow(1, 0, imageChannels);
        return new GenerationBatch
        {
            Seeds = [.. rows.Select(row => row.Seed)],
            Labels = labels is null ? null : [.. rows.Select(row => row.Label)],
            Prompts = prompts is null ? null : [.. rows.Select(row => row.Prompt!)],
            NegativePrompts = negativePrompts is null ? null : [.. rows.Select(row => row.NegativePrompt!)],
            Context = context is null ? null : Stack(rows.Select(row => row.Context), rows.Length, context.Tokens),
            UnconditionalContext = unconditional is null ? null : Stack(rows.Select(row => row.Unconditional), rows.Length, unconditional.Tokens),
            InitialImages = columns.Enlarges ? null : images,
            LowResolutionImages = columns.Enlarges ? images : null,
            Masks = columns.Mask is null ? null : planes!.narrow(1, imageChannels, 1),
        };
    }

    private static Func<string>? Texts(ColumnNeed? need, DataViewRow row)
    {
        if (need is null)
            return null;
        var getter = row.GetGetter<ReadOnlyMemory<char>>(need.Find(row.Schema));
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return text.ToString();
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

    /// <summary>Reads the tokens of rows into one tensor's order.</summary>
    private sealed class TokenReader(DataViewRow row, DataViewSchema.Column column, int tokens)
    {
        private readonly ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(column);
        private VBuffer<float> values;

        public int Tokens => tokens;

        /// <summary>Copies the tokens of the current row; false where they are missing, which NaN says.</summary>
        public bool Read(ref float[] values)
        {
            getter(ref this.values);
            Array.Resize(ref values, this.values.Length);
            if (this.values.Length == 0 || MissingValues.AnyIn(this.values.GetValues()))
                return false;
            this.values.CopyTo(values);
            return true;
        }
    }
}
