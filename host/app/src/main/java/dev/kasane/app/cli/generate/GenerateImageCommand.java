package dev.kasane.app.cli.generate;

import dev.kasane.app.base.GenerateRun;
import dev.kasane.app.cli.options.BaseModelOptions;
import dev.kasane.app.cli.options.BaseTypeOptions;
import dev.kasane.app.cli.options.DeviceOptions;
import dev.kasane.app.cli.options.Lines;
import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.image.PictureFiles;
import dev.kasane.app.image.PictureRun;
import dev.kasane.app.image.PictureText;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.recipe.RecipeOptions;
import dev.kasane.diffusion.base.ImageBase;
import dev.kasane.diffusion.pipeline.PictureRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kasane generate image}. */
@Command(name = "image", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Draw pictures from texts. The files' names go to standard output, one a line.")
final class GenerateImageCommand implements Callable<Integer> {
  /** A grid is held in memory whole; this is about what the reader accepts as a picture, too. */
  private static final long LARGEST_GRID = 178_000_000;

  @Spec
  private CommandSpec spec;

  @Mixin
  private PictureOptions picture;

  @Mixin
  private BaseModelOptions base;

  @Mixin
  private BaseTypeOptions baseType;

  @Mixin
  private DeviceOptions device;

  @Mixin
  private WordOptions words;

  @Sets("output")
  @Option(names = "--out", paramLabel = "PLACE", defaultValue = "kasane.png", converter = Words.Place.class,
      description = "PNG file, or folder with a slash at its end (default: ${DEFAULT-VALUE}). Several"
          + " pictures get -1, -2, ...; a name that is taken gets the next free number.")
  private String out;

  @Option(names = "--overwrite", description = "Replace files that exist.")
  private boolean overwrite;

  @RecipeKey
  @Option(names = "--grid", description = "Also write one picture with all of them.")
  private boolean grid;

  @Mixin
  private RecipeOptions recipe;

  @Override
  public Integer call() {
    Consumer<String> tell = Lines.on(spec.commandLine().getErr());
    GenerateRun.run(new GenerateRun.Request<>(
        base::open, device.wish(), baseType.settings(), opened -> work(opened, tell)), tell);
    return ExitCode.OK;
  }

  private GenerateRun.Work work(ImageBase opened, Consumer<String> tell) {
    words.adapters().check();
    List<PictureRequest> requests = picture.requests(opened.model());
    requireGridSize(requests);
    PictureFiles files = PictureFiles.at(out, requests.size() > 1, overwrite);
    Path path = opened.checkpoint().path();
    PictureRun run = new PictureRun(requests, picture.count(), files, new PictureText(path, base.precision(),
        words.adapters().references(), words.adapters().blockWeights(), words.embeddings()));
    tell.accept(path + ": " + base.precision() + ", seed " + picture.seed());
    return scope -> {
      try (WordOptions.Loaded loaded = words.load(opened.model(), scope, spec.commandLine().getErr());
          DrawingProgress progress = new DrawingProgress(requests.size(), spec.commandLine().getOut())) {
        run.draw(loaded.model(), grid, progress);
      }
    };
  }

  private void requireGridSize(List<PictureRequest> requests) {
    PictureRequest first = requests.get(0);
    if (grid && (long) first.width() * first.height() * requests.size() > LARGEST_GRID) {
      throw new ParameterException(spec.commandLine(), "A grid of " + requests.size() + " pictures of "
          + first.width() + "x" + first.height() + " is too large. Leave out --grid, or draw fewer.");
    }
  }
}
