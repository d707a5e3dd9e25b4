"""Makes pasting.json: the loop of diffusers' StableDiffusionInpaintPipeline (a model of 4 channels, strength 1) with schedulers that call the
network twice in a step, and a formula in place of the network.

Usage: python3 make_pasting.py, with diffusers 0.40 and PyTorch 2.6. The loop is written out here, because the pipeline itself needs transformers:
one step of the scheduler for each timestep, then the kept part at the next timestep's noise, or clean after the last.
"""
import json
import os

import torch
from diffusers import HeunDiscreteScheduler, KDPM2AncestralDiscreteScheduler, KDPM2DiscreteScheduler

SETTINGS = {
    "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "prediction_type": "epsilon",
    "timestep_spacing": "leading", "steps_offset": 1,
}
STEPS = 4


def network(state, timestep):
    # Every pixel depends on all, so that what is pasted changes what is painted.
    return 0.3 * torch.tanh(state) + 0.2 * torch.tanh(state.mean()) + 0.1 * torch.sin(torch.tensor(float(timestep)) / 100)


def run(scheduler, draws):
    original, noise, mask = draws["original"], draws["noise"], draws["mask"]
    fresh = iter(draws["fresh"])
    scheduler.set_timesteps(STEPS)
    scheduler.set_begin_index(0)
    latents = noise * scheduler.init_noise_sigma
    states = []
    for index, timestep in enumerate(scheduler.timesteps):
        predicted = network(scheduler.scale_model_input(latents, timestep), timestep)
        latents = step(scheduler, predicted, timestep, latents, fresh)
        known = original
        if index < len(scheduler.timesteps) - 1:
            known = scheduler.add_noise(original, noise, torch.tensor([scheduler.timesteps[index + 1]]))
        latents = (1 - mask) * known + mask * latents
        states.append(latents)
    return states


def step(scheduler, predicted, timestep, latents, fresh):
    if not isinstance(scheduler, KDPM2AncestralDiscreteScheduler):
        return scheduler.step(predicted, timestep, latents).prev_sample
    # It draws noise in every call and uses that of the second one and of the last.
    import diffusers.schedulers.scheduling_k_dpm_2_ancestral_discrete as module
    uses = not scheduler.state_in_first_order
    module.randn_tensor = lambda shape, **_: next(fresh) if uses else torch.zeros(shape)
    return scheduler.step(predicted, timestep, latents).prev_sample


def main():
    generator = torch.Generator().manual_seed(7)
    shape = (1, 1, 2, 3)
    draws = {
        "original": torch.randn(shape, generator=generator), "noise": torch.randn(shape, generator=generator),
        "mask": torch.tensor([1.0, 0, 0, 1, 1, 0]).reshape(shape), "fresh": [torch.randn(shape, generator=generator) for _ in range(STEPS)],
    }
    cases = {}
    for kind in (HeunDiscreteScheduler, KDPM2DiscreteScheduler, KDPM2AncestralDiscreteScheduler):
        scheduler = kind(**SETTINGS)
        states = run(scheduler, draws)
        cases[kind.__name__] = {"config": json.loads(scheduler.to_json_string()), "latents": states[-1].flatten().tolist(), "calls": len(states)}
    inputs = {
        name: [row.flatten().tolist() for row in value] if isinstance(value, list) else value.flatten().tolist() for name, value in draws.items()
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "pasting.json"), "w") as file:
        json.dump({"steps": STEPS, "inputs": inputs, "cases": cases}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
