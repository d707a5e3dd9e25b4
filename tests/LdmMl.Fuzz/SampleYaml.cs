namespace LdmMl.Fuzz;

/// <summary>The YAML of a whole latent diffusion model, with every kind of value.</summary>
internal static class SampleYaml
{
    public static byte[] Bytes { get; } =
        """
        model:
          base_learning_rate: 1.0e-04
          target: ldm.models.diffusion.ddpm.LatentDiffusion
          params:
            linear_start: 0.0015
            linear_end: 0.0195
            timesteps: 1000
            image_size: 4
            channels: 1
            conditioning_key: crossattn
            scale_factor: 0.18215
            unet_config:
              target: ldm.modules.diffusionmodules.openaimodel.UNetModel
              params: { image_size: 4, in_channels: 1, out_channels: 1, model_channels: 2, attention_resolutions: [2, 1], num_res_blocks: 1,
                        channel_mult: [1, 2], num_heads: 1, use_spatial_transformer: True, context_dim: 4, transformer_depth: 1, legacy: False }
            first_stage_config:
              target: ldm.models.autoencoder.AutoencoderKL
              params:
                embed_dim: 1
                monitor: "val/rec_loss"
                ddconfig: { double_z: true, z_channels: 1, resolution: 8, in_channels: 3, out_ch: 3, ch: 2, ch_mult: [1, 2],
                            num_res_blocks: 1, attn_resolutions: [], dropout: 0.0 }
                lossconfig:
                  target: torch.nn.Identity
            cond_stage_config:
              target: ldm.modules.encoders.modules.BERTEmbedder
              params: { n_embed: 4, n_layer: 1, max_seq_len: 7 }
        """u8.ToArray();
}
