using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>
/// The learned weight of each channel of one layer. Its key is <c>model.1.weight</c>, because the original has a dropout at <c>model.0</c>.
/// </summary>
internal sealed class PerceptualHead : Module
{
    private readonly Inner model;

    public PerceptualHead(int channels) : base(nameof(PerceptualHead))
    {
        model = new Inner(channels);
        RegisterComponents();
    }

    /// <summary>Gets the weights, [1, C, 1, 1].</summary>
    public Tensor Weight => model.Weight;

    private sealed class Inner : Module
    {
        [ComponentName(Name = "1")]
        private readonly Innermost layer;

        public Inner(int channels) : base(nameof(Inner))
        {
            layer = new Innermost(channels);
            RegisterComponents();
        }

        public Tensor Weight => layer.Weight;
    }

    private sealed class Innermost : Module
    {
        private readonly Parameter weight;

        public Innermost(int channels) : base(nameof(Innermost))
        {
            weight = new Parameter(zeros(1, channels, 1, 1));
            RegisterComponents();
        }

        public Tensor Weight => weight;
    }
}
