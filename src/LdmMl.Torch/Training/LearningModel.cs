using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// An autoencoder whose weights are being trained: in training mode, and with direct convolutions in calls of the model (validations, previews),
/// because transformed weights that layers keep would be stale after every step. Disposing it returns the model to inference mode.
/// </summary>
internal sealed class LearningModel : IDisposable
{
    public LearningModel(AutoencoderModel model)
    {
        Model = model.With(ConvolutionMode.Direct);
        Network.train();
        Model.BeginLearning();
    }

    /// <summary>Gets the handle to the weights that are trained.</summary>
    public AutoencoderModel Model { get; }

    /// <summary>Gets the network.</summary>
    public nn.Module Network => Model.Network;

    public void Dispose()
    {
        Network.eval();
        Model.Renew();
        Model.Dispose();
    }
}
