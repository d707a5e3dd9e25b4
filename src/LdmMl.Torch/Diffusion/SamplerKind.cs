namespace LdmMl.Torch.Diffusion;

/// <summary>The samplers of this library, by name; <see cref="SamplingSettings.CreateSampler"/> makes them.</summary>
public enum SamplerKind
{
    /// <summary>Ancestral sampling (Ho et al. 2020, algorithm 2): fresh noise in every step; made for all T steps.</summary>
    Ddpm,

    /// <summary>DDIM (Song et al. 2021): deterministic unless eta is above 0; good from 20 steps on.</summary>
    Ddim,

    /// <summary>Pseudo linear multi-step as in CompVis and in diffusers' PNDM without Runge-Kutta steps (Liu et al. 2022).</summary>
    Plms,

    /// <summary>PNDM as in its paper: three Runge-Kutta steps of four network calls, then multi-steps (Liu et al. 2022).</summary>
    Pndm,

    /// <summary>Euler's method on the probability flow (Karras et al. 2022), optionally with churn.</summary>
    Euler,

    /// <summary>Euler steps with fresh noise (k-diffusion <c>euler_ancestral</c>).</summary>
    EulerAncestral,

    /// <summary>Heun's method (Karras et al. 2022, algorithm 2), optionally with churn; two network calls a step.</summary>
    Heun,

    /// <summary>The midpoint method in ln sigma (DPM-Solver-2), optionally with churn; two network calls a step.</summary>
    Dpm2,

    /// <summary>Linear multi-step through up to four slopes (k-diffusion <c>lms</c>).</summary>
    Lms,

    /// <summary>DPM-Solver, multi-step, over the noises (Lu et al. 2022); stochastic for eta above 0.</summary>
    DpmSolver,

    /// <summary>DPM-Solver++(2M) (Lu et al. 2022b): deterministic, one network call a step; good from 15 steps on.</summary>
    DpmSolverPlusPlus2M,

    /// <summary>DPM-Solver++(2S) with ancestral noise; two network calls a step.</summary>
    DpmSolverPlusPlus2SAncestral,

    /// <summary>DPM-Solver++(2M) with fresh noise (k-diffusion <c>dpmpp_2m_sde</c>).</summary>
    DpmSolverPlusPlus2MSde,

    /// <summary>DPM-Solver++(3M) with fresh noise (k-diffusion <c>dpmpp_3m_sde</c>); without it for eta 0.</summary>
    DpmSolverPlusPlus3MSde,

    /// <summary>UniPC (Zhao et al. 2023): a predictor and a corrector for one network call a step; good from 10 steps on.</summary>
    UniPc,
}
