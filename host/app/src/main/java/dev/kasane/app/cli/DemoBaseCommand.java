package dev.kasane.app.cli;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.terminal.Progress;
import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.diffusion.demo.base.DemoBase;
import dev.kasane.diffusion.demo.base.DemoBaseTrainer;
import dev.kasane.diffusion.vae.AutoencoderKL;
import dev.kasane.text.demo.DemoLanguageModelTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
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

  @Sets("output")
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

  @Option(names = "--text",
      description = "Train the demo language model instead, from text that this program writes: under half an hour"
          + " on one core.")
  private boolean text;

  @Option(names = "--text-steps", paramLabel = "N", defaultValue = "2200",
      description = "Steps of the language model (default: ${DEFAULT-VALUE}).")
  private long textSteps;

  @Override
  public Integer call() {
    if (Files.exists(out)) {
      throw new UserException("Option --out names " + out + ", which exists. Name a new folder.");
    }
    Path checkpoints = work == null ? out.resolveSibling(out.getFileName() + ".work") : work;
    try (NDManager owner = Engines.newManager()) {
      if (text) {
        Ranges.require(textSteps >= 1, "«text steps»", textSteps, "1 or more");
        follow("Language model", textSteps, listener ->
            new DemoLanguageModelTrainer(checkpoints, listener).train(textSteps, owner)).write(out);
      } else {
        trainPictures(checkpoints, owner);
      }
    }
    spec.commandLine().getOut().println(out);
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  private void trainPictures(Path checkpoints, NDManager owner) {
    AutoencoderKL vae = follow("Autoencoder", autoencoderSteps, listener ->
        new DemoBaseTrainer(checkpoints, listener).trainAutoencoder(autoencoderSteps, owner));
    DemoBase base = follow("Text encoder and U-Net", denoiserSteps, listener ->
        new DemoBaseTrainer(checkpoints, listener).trainDenoiser(vae, denoiserSteps, owner));
    follow("Decoder", decoderSteps, listener ->
        new DemoBaseTrainer(checkpoints, listener).sharpenDecoder(vae, decoderSteps, owner));
    base.write(out);
  }

  private static <T> T follow(String name, long steps, Function<TrainingListener, T> work) {
    try (Progress progress = Progress.start(name, "steps", steps, 0)) {
      return work.apply(new TrainingListener() {
        private double mean = Double.NaN;

        @Override
        public void onStep(StepReport step) {
          mean = Double.isNaN(mean) ? step.loss() : 0.99 * mean + 0.01 * step.loss();
          progress.message(String.format(Locale.ROOT, "loss %.4f", mean));
          progress.stepTo(step.number());
        }

        @Override
        public void onNote(String line) {
          progress.note(line);
        }
      });
    }
  }
}
