package dev.kasane.app.cli;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.progress.Progress;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.diffusion.demo.base.DemoBase;
import dev.kasane.diffusion.demo.base.DemoBaseTrainer;
import dev.kasane.diffusion.vae.AutoencoderKL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kasane demo-base}. */
@Command(name = "demo-base", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Train the embedded demo base anew, from pictures that this program draws: some hours on two"
        + " cores. Stopped at any time, the same command goes on.")
final class DemoBaseCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder for the base.")
  private Path out;

  @Option(names = "--work", paramLabel = "DIR",
      description = "Folder for checkpoints (default: beside --out, with .work at its end).")
  private Path work;

  @Option(names = "--autoencoder-steps", paramLabel = "N", defaultValue = "8000",
      description = "Steps of the first stage (default: ${DEFAULT-VALUE}).")
  private long autoencoderSteps;

  @Option(names = "--denoiser-steps", paramLabel = "N", defaultValue = "14400",
      description = "Steps of the second stage (default: ${DEFAULT-VALUE}).")
  private long denoiserSteps;

  @Option(names = "--decoder-steps", paramLabel = "N", defaultValue = "5000",
      description = "Steps of the third stage (default: ${DEFAULT-VALUE}).")
  private long decoderSteps;

  @Override
  public Integer call() {
    if (Files.exists(out)) {
      throw new UserException("Option --out names " + out + ", which exists. Name a new folder.");
    }
    Path checkpoints = work == null ? out.resolveSibling(out.getFileName() + ".work") : work;
    try (NDManager owner = Engines.newManager()) {
      AutoencoderKL vae = stage("Autoencoder", autoencoderSteps, checkpoints,
          trainer -> trainer.trainAutoencoder(autoencoderSteps, owner));
      DemoBase base = stage("Text encoder and U-Net", denoiserSteps, checkpoints,
          trainer -> trainer.trainDenoiser(vae, denoiserSteps, owner));
      stage("Decoder", decoderSteps, checkpoints, trainer -> {
        trainer.sharpenDecoder(vae, decoderSteps, owner);
        return vae;
      });
      base.write(out);
    }
    spec.commandLine().getOut().println(out);
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  /** One stage of the training. */
  private interface Work<T> {
    T with(DemoBaseTrainer trainer);
  }

  private static <T> T stage(String name, long steps, Path checkpoints, Work<T> work) {
    try (Progress progress = Progress.start(name, "steps", steps, 0)) {
      return work.with(new DemoBaseTrainer(checkpoints, new TrainingListener() {
        private double mean = Double.NaN;

        @Override
        public void onStep(StepReport step) {
          mean = Double.isNaN(mean) ? step.loss() : 0.99 * mean + 0.01 * step.loss();
          progress.message(String.format(Locale.ROOT, "loss %.4f", mean));
          progress.stepTo(step.number());
        }
      }));
    }
  }
}
