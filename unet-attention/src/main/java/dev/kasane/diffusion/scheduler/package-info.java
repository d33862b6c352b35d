/**
 * Noise schedules and samplers of latent diffusion models.
 *
 * <h2>The two halves</h2>
 *
 * <p>{@link dev.kasane.diffusion.scheduler.NoiseSchedule} is the forward process, the same for training and
 * drawing: how much of the clean latents and how much noise there is at each training timestep. It mixes
 * noise into a batch, gives velocities and signal-to-noise ratios, and knows nothing of sampling.
 *
 * <p>{@link dev.kasane.diffusion.scheduler.Scheduler} is one run of the backward process: it names the
 * timesteps at which the model is asked and turns each answer into the next, less noisy latents. A scheduler
 * is made for one batch of pictures and thrown away; the multistep ones remember earlier answers, and that
 * memory must not reach the next picture. {@link dev.kasane.diffusion.scheduler.SchedulerKind} lists the
 * samplers under the names users type and makes them:
 *
 * <pre>{@code
 * SchedulerConfig config = SchedulerConfig.read(base.resolve("scheduler/scheduler_config.json"));
 * try (Scheduler scheduler = SchedulerKind.parse("dpmpp-2m-karras").newScheduler(config, 20)) {
 *   NDArray latents = noise.next(shape).mul(scheduler.initNoiseSigma());
 *   for (int index = 0; index < scheduler.timesteps().length; index++) {
 *     NDArray output = unet.forward(scheduler.scaleModelInput(latents, index), scheduler.timesteps()[index]);
 *     latents = scheduler.step(output, index, latents, noise);
 *   }
 * }
 * }</pre>
 *
 * <h2>What "exact" means here</h2>
 *
 * <p>The reference is the {@code diffusers} library: same timesteps, same sigmas, same order of noise draws,
 * same defaults for keys that a {@code scheduler_config.json} leaves out (each of its classes has its own).
 * Tables are computed in single precision where it does and in double precision where it does, because a
 * float32 cumulative product of a thousand factors depends on it. Golden trajectories in the tests come from
 * {@code src/test/reference/schedulers.py}.
 *
 * <h2>Memory</h2>
 *
 * <p>A step leaves one new array behind, its result, attached to the manager of the latents it was given.
 * What a multistep sampler remembers belongs to the sampler and goes with {@code close()}.
 */
package dev.kasane.diffusion.scheduler;
