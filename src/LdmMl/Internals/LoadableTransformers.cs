using LdmMl;
using LdmMl.Internals;
using LdmMl.Transforms.Decode;
using LdmMl.Transforms.Encode;
using LdmMl.Transforms.EncodeText;
using LdmMl.Transforms.Generate;
using LdmMl.Transforms.Interpolate;
using LdmMl.Transforms.Load;
using LdmMl.Transforms.Reconstruct;
using LdmMl.Transforms.Resize;
using LdmMl.Transforms.ScorePerceptual;
using LdmMl.Transforms.ScoreQuality;
using Microsoft.ML;

// ML.NET reads these when a model file names this assembly, so that loading needs no registration.
[assembly: LoadableClass(
    typeof(EncodeImagesTransformer), typeof(StoredTransformerLoader<EncodeImagesTransformer>), null, typeof(SignatureLoadModel),
    "Encode images", EncodeImagesTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(DecodeLatentsTransformer), typeof(StoredTransformerLoader<DecodeLatentsTransformer>), null, typeof(SignatureLoadModel),
    "Decode latents", DecodeLatentsTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(ReconstructImagesTransformer), typeof(StoredTransformerLoader<ReconstructImagesTransformer>), null, typeof(SignatureLoadModel),
    "Reconstruct images", ReconstructImagesTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(TrainedAutoencoderTransformer), typeof(StoredTransformerLoader<TrainedAutoencoderTransformer>), null, typeof(SignatureLoadModel),
    "Trained autoencoder", TrainedAutoencoderTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(LoadImageFilesTransformer), typeof(StoredTransformerLoader<LoadImageFilesTransformer>), null, typeof(SignatureLoadModel),
    "Load image files", LoadImageFilesTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(ResizeImagesTransformer), typeof(StoredTransformerLoader<ResizeImagesTransformer>), null, typeof(SignatureLoadModel),
    "Resize images", ResizeImagesTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(ScoreImageQualityTransformer), typeof(StoredTransformerLoader<ScoreImageQualityTransformer>), null, typeof(SignatureLoadModel),
    "Score image quality", ScoreImageQualityTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(ScorePerceptualDistanceTransformer), typeof(StoredTransformerLoader<ScorePerceptualDistanceTransformer>), null, typeof(SignatureLoadModel),
    "Score perceptual distance", ScorePerceptualDistanceTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(InterpolateLatentsTransformer), typeof(StoredTransformerLoader<InterpolateLatentsTransformer>), null, typeof(SignatureLoadModel),
    "Interpolate latents", InterpolateLatentsTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(GenerateImagesTransformer), typeof(StoredTransformerLoader<GenerateImagesTransformer>), null, typeof(SignatureLoadModel),
    "Generate images", GenerateImagesTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(EncodeTextTransformer), typeof(StoredTransformerLoader<EncodeTextTransformer>), null, typeof(SignatureLoadModel),
    "Encode text", EncodeTextTransformer.LoaderName)]
[assembly: LoadableClass(
    typeof(TrainedDiffusionTransformer), typeof(StoredTransformerLoader<TrainedDiffusionTransformer>), null, typeof(SignatureLoadModel),
    "Trained diffusion model", TrainedDiffusionTransformer.LoaderName)]
