package dev.kasane.app.cli.generate;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.DemoTextLocation;
import dev.kasane.app.base.GenerateRun;
import dev.kasane.app.base.QuantisedBase;
import dev.kasane.app.cli.options.BaseTypeOptions;
import dev.kasane.app.cli.options.DeviceOptions;
import dev.kasane.app.cli.options.Lines;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.recipe.RecipeOptions;
import dev.kasane.app.terminal.MessageWriter;
import dev.kasane.core.Json;
import dev.kasane.core.injection.AdapterRouter;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.text.base.TextBase;
import dev.kasane.text.generation.Continuation;
import dev.kasane.text.generation.ContinuationListener;
import dev.kasane.text.generation.Generator;
import dev.kasane.text.generation.Prompt;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kasane generate text}. */
@Command(name = "text", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Continue a text with a language model. The continuation alone goes to standard output, as it"
        + " grows.")
final class GenerateTextCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @RecipeKey
  @Option(names = "--base", paramLabel = "DIR",
      description = "Language model: a folder in Hugging Face's layout, with its tokeniser (default: the demo model"
          + " that comes with Kasane).")
  private Path base;

  @ArgGroup(multiplicity = "1")
  private Texts texts;

  /** One prompt or many. */
  static final class Texts {
    @RecipeKey
    @Option(names = "--prompt", paramLabel = "TEXT", description = "The text to continue.")
    private String prompt;

    @RecipeKey
    @Option(names = "--prompts", paramLabel = "FILE",
        description = "Many texts, continued in one batch: a JSON object a line, {\"prompt\": \"...\","
            + " \"adapter\": \"name\"}. Standard output gets an object a line.")
    private Path file;
  }

  @RecipeKey
  @Option(names = "--chat", description = "Take a prompt for a user's message, in the model's own chat format.")
  private boolean chat;

  @Mixin
  private TextAdapterOptions adapters;

  @Mixin
  private TextOptions options;

  @RecipeKey
  @Option(names = "--dtype", paramLabel = "TYPE", converter = Words.Type.class, defaultValue = "float32",
      description = "Type of the computation: float32, bfloat16 or float16 (default: ${DEFAULT-VALUE}).")
  private ElementType precision;

  @Mixin
  private BaseTypeOptions baseType;

  @Mixin
  private DeviceOptions device;

  @Mixin
  private RecipeOptions recipe;

  @Override
  public Integer call() {
    List<PromptFile.Line> lines = texts.file == null
        ? List.of(new PromptFile.Line(texts.prompt, Set.of())) : PromptFile.read(texts.file);
    if (texts.file == null) {
      adapters.requireNoNames();
    }
    Consumer<String> tell = Lines.on(spec.commandLine().getErr());
    GenerateRun.run(new GenerateRun.Request<>(() -> open(tell), device.wish(), baseType.settings(),
        opened -> work(opened, lines, tell)), tell);
    return ExitCode.OK;
  }

  private TextBase open(Consumer<String> tell) {
    Path folder = base == null ? DemoTextLocation.base() : base;
    TextBase opened = adapters.fitting(TextBase.open(folder, precision, QuantisedBase::read, tell), tell);
    opened.checkpoint().note().ifPresent(tell);
    return opened;
  }

  private GenerateRun.Work work(TextBase opened, List<PromptFile.Line> lines, Consumer<String> tell) {
    List<Prompt> prompts = IntStream.range(0, lines.size()).mapToObj(row -> prompt(opened, lines.get(row), row))
        .toList();
    if (options.draws()) {
      tell.accept("seed " + options.seed());
    }
    return scope -> write(opened, prompts, lines, scope);
  }

  private Prompt prompt(TextBase model, PromptFile.Line line, int row) {
    return new Prompt(chat ? model.chatTokens(line.prompt()) : model.tokens(line.prompt()), line.adapters(),
        options.options(row));
  }

  private void write(TextBase model, List<Prompt> prompts, List<PromptFile.Line> lines, NDManager scope) {
    try (TextAdapterOptions.Attached attached =
            adapters.attach(model.model(), scope, spec.commandLine().getErr());
        AdapterRouter router = new AdapterRouter(attached.named(), scope)) {
      Generator generator = new Generator(model.model(), model.tokenizer(), model.endIds(), router);
      PrintWriter out = spec.commandLine().getOut();
      if (texts.file == null) {
        PrintWriter words = MessageWriter.content(out);
        generator.generate(prompts, (row, piece) -> show(words, piece), scope);
        words.println();
        words.flush();
      } else {
        print(generator.generate(prompts, ContinuationListener.none(), scope), lines, out);
      }
      out.flush();
    }
  }

  private static void show(PrintWriter out, String piece) {
    out.print(piece);
    out.flush();
  }

  private static void print(List<Continuation> continuations, List<PromptFile.Line> lines, PrintWriter out) {
    for (int row = 0; row < lines.size(); row++) {
      Continuation continuation = continuations.get(row);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("prompt", lines.get(row).prompt());
      line.put("adapters", lines.get(row).adapters());
      line.put("text", continuation.text());
      line.put("tokens", continuation.tokens().length);
      line.put("end", continuation.end().name().toLowerCase(Locale.ROOT));
      out.println(Json.MAPPER.valueToTree(line).toString());
    }
  }
}
