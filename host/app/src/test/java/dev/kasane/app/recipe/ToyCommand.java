package dev.kasane.app.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command with an option of every kind, to try recipes on. */
@Command(name = "toy", mixinStandardHelpOptions = true)
final class ToyCommand implements Runnable, EffectiveOptions {
  enum Shade { LIGHT, DARK }

  @Mixin
  RecipeOptions recipe;

  @RecipeKey
  @Option(names = {"-d", "--data"}, required = true)
  Path data;

  @RecipeKey
  @Option(names = "--rank", defaultValue = "8")
  int rank;

  @RecipeKey
  @Option(names = "--learning-rate", defaultValue = "1e-4")
  double learningRate;

  @RecipeKey
  @Option(names = "--shuffle", negatable = true, defaultValue = "false", fallbackValue = "true")
  boolean shuffle;

  @RecipeKey
  @Option(names = "--shade", defaultValue = "LIGHT")
  Shade shade;

  @RecipeKey
  @Option(names = "--prompt")
  List<String> prompts = new ArrayList<>();

  @RecipeKey
  @Option(names = "--option")
  Map<String, String> options = new LinkedHashMap<>();

  @RecipeKey
  @Option(names = "--trigger")
  String trigger;

  @Mixin
  Brush brush = new Brush();

  /** A kind of thing with an option that only some kinds have. */
  static final class Brush implements DependentOptions {
    @RecipeKey
    @Option(names = "--brush", defaultValue = "round")
    String kind;

    @RecipeKey
    @Option(names = "--width")
    Integer width;

    @Override
    public String decider() {
      return "brush";
    }

    @Override
    public Set<String> dependents() {
      return Set.of("width");
    }
  }

  @Option(names = "--out")
  Path out;

  @Option(names = "--overwrite", negatable = true, defaultValue = "false", fallbackValue = "true")
  boolean overwrite;

  boolean ran;

  @Override
  public Map<String, Object> effectiveOptions() {
    return Map.of("--trigger", "inkstyle", "--rank", 99);
  }

  @Override
  public void run() {
    ran = true;
  }
}
