using System.Runtime.InteropServices;
using LdmMl.Models;
using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Generation;

/// <summary>Reads what rows are generated from, and puts rows of one size together as the model takes them.</summary>
internal sealed class GenerationInputs
{
    private readonly SeedReader _seeds;
    private readonly LabelReader? _labels;
    private readonly TokenReader? _context, _unconditional;
    private readonly InitialImageReader? _images;
    private readonly GenerationColumns _columns;
    private readonly ImageSize _size;
    private readonly int _imageChannels;
    private readonly RowInput[][] _rows;

    public GenerationInputs(DataViewRow row, GenerationColumns columns, LatentDiffusionModel model, GenerateImagesOptions options, int capacity)
    {
        (_columns, _imageChannels) = (columns, model.Autoencoder.Config.ImageChannels);
        _seeds = new SeedReader(row, columns.Seed?.FindIfThere(row.Schema), options.SeedOffset);
        _labels = columns.Label is { } labels ? new LabelReader(row, labels.Find(row.Schema), (LabelConditioning)model.Config.Conditioning) : null;
        _context = Tokens(columns.Context, row);
        _unconditional = Tokens(columns.UnconditionalContext, row);
        _images = columns.Image is null ? null : new InitialImageReader(row, columns, model.Autoencoder.Config, options.Background);
        _size = _images is null ? columns.SizeOf([])!.Value : default;
        _rows = [new RowInput[capacity], new RowInput[capacity]];
    }

    /// <summary>Gets how many planes a row has: those of the image that it begins with, and its mask; 0 where it begins with noise alone.</summary>
    public static int ChannelsOf(GenerateImagesOptions options, AutoencoderConfig config)
        => options.InitialImageColumnName is null ? 0 : config.ImageChannels + (options.MaskColumnName is null ? 0 : 1);

    /// <summary>Reads the current row into the batch, unless something that it needs is missing.</summary>
    public void ReadRow(PlaneBatch batch, int half, int slot)
    {
        ref RowInput row = ref _rows[half][slot];
        row.Seed = _seeds.Read();
        row.Label = _labels?.Read() ?? 0;
        if (_context?.Read(ref row.Context) == false || _unconditional?.Read(ref row.Unconditional) == false)
            return;
        if (_images is null)
            batch.Add(slot, _size);
        else
            _images.Read(batch, slot);
    }

    /// <summary>Puts rows together. The tensors belong to the scope around.</summary>
    public GenerationBatch Together(PlaneGroup group, int half)
    {
        RowInput[] rows = [.. group.Slots.Select(slot => _rows[half][slot])];
        Tensor? planes = _images is null ? null : group.Rows();
        Tensor? images = planes?.narrow(1, 0, _imageChannels);
        return new GenerationBatch
        {
            Seeds = [.. rows.Select(row => row.Seed)],
            Labels = _labels is null ? null : [.. rows.Select(row => row.Label)],
            Context = _context is null ? null : Stack(rows.Select(row => row.Context), rows.Length, _context.Tokens),
            UnconditionalContext = _unconditional is null ? null : Stack(rows.Select(row => row.Unconditional), rows.Length, _unconditional.Tokens),
            InitialImages = _columns.Enlarges ? null : images,
            LowResolutionImages = _columns.Enlarges ? images : null,
            Masks = _columns.Mask is null ? null : planes!.narrow(1, _imageChannels, 1),
        };
    }

    private TokenReader? Tokens(ColumnNeed? need, DataViewRow row)
    {
        if (need is null)
            return null;
        DataViewSchema.Column column = need.Find(row.Schema);
        return new TokenReader(row, column, _columns.CountTokens(need, (VectorDataViewType)column.Type));
    }

    /// <summary>Stacks the tokens of rows: [rows, tokens, dimension].</summary>
    private static Tensor Stack(IEnumerable<float[]> contexts, int rows, int tokens)
    {
        float[] values = [.. contexts.SelectMany(context => context)];
        return tensor(values, rows, tokens, values.Length / (rows * tokens));
    }

    [StructLayout(LayoutKind.Auto)]
    private struct RowInput
    {
        public long Seed;
        public int Label;
        public float[] Context, Unconditional;
    }
}
