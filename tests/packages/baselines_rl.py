"""stable-baselines3: PPO, A2C, DQN, SAC and TD3 for some steps on gymnasium's classic control."""

import warnings

import gymnasium as gym
import torch
from stable_baselines3 import A2C, DQN, PPO, SAC, TD3
from stable_baselines3.common.evaluation import evaluate_policy


def run():
    warnings.simplefilter("ignore")
    small = {"net_arch": [16, 16]}
    for kind, name, steps, options in (
        (PPO, "CartPole-v1", 128, {"n_steps": 64, "batch_size": 32, "n_epochs": 2}), (A2C, "CartPole-v1", 60, {"n_steps": 10}),
        (DQN, "CartPole-v1", 80, {"learning_starts": 20, "train_freq": 4, "batch_size": 16}),
        (SAC, "Pendulum-v1", 40, {"learning_starts": 20, "batch_size": 16}), (TD3, "Pendulum-v1", 40, {"learning_starts": 20, "batch_size": 16}),
    ):  # fmt: skip
        env = gym.make(name)
        model = kind("MlpPolicy", env, policy_kwargs=dict(small), seed=3, device="cpu", **options).learn(steps)
        total = sum(p.abs().sum() for p in model.policy.parameters()).item()
        observation, _ = env.reset(seed=1)
        print(kind.__name__, total, model.predict(observation, deterministic=True)[0].tolist(), model.num_timesteps)
    print(evaluate_policy(model, gym.make("Pendulum-v1", max_episode_steps=5), n_eval_episodes=1)[1] >= 0, torch.rand(1).shape)


if __name__ == "__main__":
    run()
