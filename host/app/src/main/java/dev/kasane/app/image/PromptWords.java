package dev.kasane.app.image;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.EmbeddingReference;
import dev.kasane.app.adapter.FormatChoice;
import dev.kasane.app.adapter.LoadedAdapter;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Ops;
import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.diffusion.clip.LearnedWords;
import dev.kasane.diffusion.clip.tokenizer.PromptChunks;
import dev.kasane.diffusion.pipeline.ImageModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Gathers the learned words of adapters and of files of their own for the prompts of one base. */
public final class PromptWords {
  private final ImageModel model;
  private final Map<String, NDArray> vectors = new LinkedHashMap<>();
  private final Map<String, Path> owners = new LinkedHashMap<>();

  /**
   * @param model the base
   */
  public PromptWords(ImageModel model) {
    this.model = model;
  }

  /**
   * Takes the words that came with an adapter.
   *
   * @return a line for people, or nothing when there are none
   * @throws UserException when a word is not for this base
   */
  public List<String> add(LoadedAdapter adapter) {
    return adapter.words().isEmpty() ? List.of()
        : List.of("  Its prompts may use " + add(adapter.words(), adapter.reference().file()) + ".");
  }

  /**
   * Reads a file of learned words.
   *
   * @param formats the formats to try
   * @param scope owner of the vectors
   * @return a line for people
   * @throws UserException when the file is missing, damaged or of no known format, holds something else than
   *     words, or a word is not for this base
   */
  public String add(EmbeddingReference reference, List<AdapterFormat> formats, NDManager scope) {
    Path file = reference.file();
    AdapterModel read = new FormatChoice(formats, List.of()).choose(file).read(file, AdapterBase.live(model.parts()).places(), scope);
    List<AdapterModule> words = read.components().getOrDefault(AdapterModel.EMBEDDINGS, List.of());
    if (words.isEmpty() && read.unmatched().isEmpty() || read.components().keySet().stream()
        .anyMatch(component -> !component.equals(AdapterModel.EMBEDDINGS))) {
      throw new UserException(file + " holds adapters of layers. Load it with «adapter», which takes learned words"
          + " in the same file, too.");
    }
    if (!read.unmatched().isEmpty()) {
      throw new UserException(file + ": '" + read.unmatched().get(0).key() + "' "
          + read.unmatched().get(0).reason() + ".");
    }
    if (reference.word().isEmpty()) {
      return file + ": learned words " + add(words, file);
    }
    if (words.size() > 1) {
      throw new UserException(file + " holds " + words.size() + " words (" + names(words) + "), which cannot all be"
          + " called '" + reference.word().get() + "'. Leave out ':" + reference.word().get() + "'.");
    }
    AdapterModule named = new AdapterModule(reference.word().get(), words.get(0).tensors(), Map.of());
    return file + ": learned words " + add(List.of(named), file);
  }

  private static String names(List<AdapterModule> words) {
    return String.join(", ", words.stream().map(AdapterModule::path).toList());
  }

  private String add(List<AdapterModule> words, Path file) {
    List<String> told = new ArrayList<>();
    for (AdapterModule word : words) {
      NDArray rows = rows(word, file);
      String name = word.path().strip();
      String free = free(name);
      Path owner = owners.get(key(name));
      vectors.put(free, rows);
      owners.put(key(free), file);
      long tokens = rows.getShape().get(0);
      told.add(free + " (" + tokens + (tokens == 1 ? " token" : " tokens")
          + (owner == null ? ")" : "; " + name + " is that of " + owner + ")"));
    }
    return String.join(", ", told);
  }

  private NDArray rows(AdapterModule word, Path file) {
    String name = "'" + word.path() + "' of " + file;
    NDArray rows = word.tensors().get(ImageModel.TEXT_ENCODER);
    if (isBlank(word.path())) {
      throw new UserException("The learned word " + name + " has no name. Name it with «embedding FILE:word».");
    }
    if (rows == null || word.tensors().size() > 1) {
      throw new UserException("The learned word " + name + " is for " + KnownBase.SDXL.title()
          + ", which has two text encoders; the base has one.");
    }
    Shape shape = rows.getShape();
    int width = model.textEncoder().config().width();
    if (shape.dimension() != 2 || shape.get(1) != width) {
      throw new UserException("The learned word " + name + " has vectors of width "
          + shape.get(shape.dimension() - 1) + made(shape.get(shape.dimension() - 1)) + ", but those of the base's"
          + " text encoder are " + width + " wide" + made(width) + ".");
    }
    if (shape.get(0) < 1 || shape.get(0) > PromptChunks.CHUNK_TOKENS) {
      throw new UserException("The learned word " + name + " has " + shape.get(0) + " vectors, expected 1 to "
          + PromptChunks.CHUNK_TOKENS + ", which is all that a text encoder takes at once.");
    }
    NDArray numbers = OPS.cast(rows, DataType.FLOAT32);
    if (!Double.isFinite(numbers.abs().max().toFloatArray()[0])) {
      throw new UserException("The learned word " + name + " has values that are no finite numbers; its training"
          + " diverged or the file is damaged. Use another file.");
    }
    return numbers;
  }

  /** Spaces of any kind: prompts have a space wherever one of these is. */
  private static boolean isBlank(String word) {
    return word.codePoints().allMatch(each -> Character.isWhitespace(each) || Character.isSpaceChar(each));
  }

  private static String made(long width) {
    return KnownBase.ofContextWidth(width).map(base -> " (" + base.title() + ")").orElse("");
  }

  /** As cloneofsimo's scripts have it: of a word that is taken, the next is {@code word-1} or {@code <word-1>}. */
  private String free(String word) {
    boolean closed = word.endsWith(">");
    String stem = closed ? word.substring(0, word.length() - 1) : word;
    String free = word;
    for (int i = 1; owners.containsKey(key(free)); i++) {
      free = stem + "-" + i + (closed ? ">" : "");
    }
    return free;
  }

  /** Prompts know no capitals. */
  private static String key(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  /** The base with all of these words; the base itself when there are none. */
  public ImageModel model() {
    return vectors.isEmpty() ? model : model.withWords(LearnedWords.of(vectors));
  }
}
