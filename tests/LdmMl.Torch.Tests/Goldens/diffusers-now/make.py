"""Whole runs of diffusers' schedulers with keys that meet one another: c01_combined_keys.

python make.py     (diffusers 0.40.0.dev0 58eb52c080, PyTorch 2.6, SciPy 1.15; CPU)
"""
import inspect
import json
import math
import pathlib

import diffusers
import torch

COSINE = {"beta_schedule": "squaredcos_cap_v2"}
STABLE = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
BETAS = [0.0005 + 0.03 * (i / 100) ** 1.5 for i in range(100)]

RUNS = [
    ("UniPCMultistepScheduler", {**STABLE, "use_karras_sigmas": True, "sigma_min": 0.1, "sigma_max": 14.0}, 8),
    ("UniPCMultistepScheduler", {**STABLE, "use_beta_sigmas": True, "sigma_max": 14.0, "final_sigmas_type": "sigma_min"}, 7),
    ("UniPCMultistepScheduler", {**STABLE, "use_exponential_sigmas": True, "sigma_min": 0.03, "final_sigmas_type": "sigma_min"}, 9),
    ("UniPCMultistepScheduler", {**STABLE, "solver_order": 4}, 8),
    ("DPMSolverMultistepScheduler", {**STABLE, "lambda_min_clipped": -2.0, "timestep_spacing": "trailing", "steps_offset": 1}, 7),
    ("DPMSolverMultistepScheduler", {**COSINE, "lambda_min_clipped": -5.1, "timestep_spacing": "trailing"}, 8),
    ("DPMSolverMultistepScheduler", {**COSINE, "use_lu_lambdas": True}, 8),
    ("DPMSolverMultistepScheduler", {**STABLE, "use_lu_lambdas": True, "rescale_betas_zero_snr": True, "prediction_type": "v_prediction"}, 7),
    ("DPMSolverMultistepScheduler", {**STABLE, "trained_betas": BETAS, "num_train_timesteps": 100}, 100),
    ("DPMSolverSinglestepScheduler", {**STABLE, "num_train_timesteps": 250, "use_karras_sigmas": True, "final_sigmas_type": "sigma_min"}, 5),
    ("DEISMultistepScheduler", {**STABLE, "use_karras_sigmas": True}, 1),
    ("DEISMultistepScheduler", {**COSINE, "solver_order": 3, "lower_order_final": False}, 20),
    ("EulerDiscreteScheduler", {**STABLE, "use_exponential_sigmas": True, "final_sigmas_type": "sigma_min"}, 8),
    ("EulerDiscreteScheduler", {**STABLE, "use_karras_sigmas": True, "sigma_min": 0.002, "final_sigmas_type": "sigma_min"}, 8),
    ("EulerDiscreteScheduler", {**STABLE, "timestep_spacing": "trailing"}, 48),
    ("EulerDiscreteScheduler", {**STABLE, "timestep_spacing": "trailing"}, 61),
    ("EulerAncestralDiscreteScheduler", {**STABLE, "timestep_spacing": "leading", "steps_offset": 5}, 6),
    ("KDPM2AncestralDiscreteScheduler", {**COSINE}, 8),
    ("KDPM2AncestralDiscreteScheduler", {**STABLE, "num_train_timesteps": 250, "timestep_spacing": "trailing"}, 9),
    ("KDPM2DiscreteScheduler", {**STABLE, "use_beta_sigmas": True, "timestep_spacing": "leading"}, 7),
    ("DDIMScheduler", {**STABLE, "num_train_timesteps": 250, "timestep_spacing": "trailing"}, 12),
    ("DDIMScheduler", {**STABLE, "timestep_spacing": "linspace"}, 1),
    ("PNDMScheduler", {**STABLE, "trained_betas": BETAS, "num_train_timesteps": 100}, 100),
]


def run(kind, keys, steps):
    scheduler = getattr(diffusers, kind)(**keys)
    scheduler.set_timesteps(steps)
    state = torch.randn((1, 4, 4, 4), generator=torch.Generator().manual_seed(77)) * scheduler.init_noise_sigma
    generator = torch.Generator().manual_seed(0)
    draws = {"generator": generator} if "generator" in inspect.signature(scheduler.step).parameters else {}
    index = torch.arange(64, dtype=torch.float32).reshape(1, 4, 4, 4)
    times = []
    for time in scheduler.timesteps:
        times.append(float(time))
        predicted = 0.3 * scheduler.scale_model_input(state, time) + 0.2 * torch.sin(0.01 * float(time) + 0.37 * index)
        state = scheduler.step(predicted, time, state, **draws).prev_sample
    return {
        "name": f"{kind}~{'_'.join(f'{key}={value}' for key, value in keys.items() if key != 'trained_betas')}~{steps}",
        "scheduler_config": json.loads(scheduler.to_json_string()),
        "steps": steps,
        "seed": 0,
        "network": "sin",
        "init_noise_sigma": float(scheduler.init_noise_sigma),
        "network_times": times,
        "final": [value if math.isfinite(value) else "NaN" for value in (float(f"{v:.8g}") for v in state.flatten().tolist())],
    }


folder = pathlib.Path(__file__).parent / "c01_combined_keys"
cases = [run(*entry) for entry in RUNS]
(folder / "cases.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
