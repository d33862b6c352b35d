package dev.kasane.plugin.cloneofsimo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.checkpoint.AdapterFileWriter;
import dev.kasane.core.files.FileNames;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterHeader;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.HeaderFacts;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.core.tensor.ElementType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.pf4j.Extension;

/**
 * Learned words in a file of their own: AUTOMATIC1111's ({@code string_to_param}, {@code emb_params}), those
 * for SDXL ({@code clip_l}, {@code clip_g}) and diffusers' {@code learned_embeds} (word → vectors).
 */
@Extension
public final class TextualInversionFormat implements AdapterFormat {
  private static final Pattern WORD = Pattern.compile("<.{1,254}>|[^.:]{1,64}");
  private static final String PICKLED = "string_to_param.";
  private static final String FIRST = "text_encoder";
  private static final String SECOND = "text_encoder_2";
  private static final Map<String, String> ENCODERS =
      Map.of("emb_params", FIRST, "clip_l", FIRST, "clip_g", SECOND);

  @Override
  public String id() {
    return "textual-inversion";
  }

  @Override
  public String description() {
    return "Learned words of AUTOMATIC1111 and diffusers, safetensors or pickles.";
  }

  /** {@inheritDoc} A word without a name in the file has the file's. */
  @Override
  public Optional<AdapterKey> parse(String key) {
    if (ENCODERS.containsKey(key) || key.startsWith(PICKLED)) {
      return Optional.of(AdapterKey.of("", key).as(AdapterKey.Role.WORD));
    } else if (key.startsWith("string_to_token")) {
      return Optional.of(AdapterKey.of(key, "").as(AdapterKey.Role.OTHER));
    }
    return WordVectors.parse(key).or(() -> Optional.of(key).filter(TextualInversionFormat::isWord)
        .map(word -> AdapterKey.of(word, "").as(AdapterKey.Role.WORD).signed(AdapterKey.Sign.LIKELY)));
  }

  /** Known names, words in angle brackets, or a file with a single plain word in it. */
  @Override
  public Map<String, AdapterKey> recognise(Set<String> keys) {
    Map<String, AdapterKey> words = AdapterFormat.super.recognise(keys);
    return keys.size() == 1 || words.values().stream().anyMatch(key -> key.sign() == AdapterKey.Sign.CERTAIN)
        ? words : Map.of();
  }

  @Override
  public HeaderFacts describe(AdapterHeader header) {
    return HeaderFacts.ofWords(header.shapes().keySet().stream().map(this::parse).flatMap(Optional::stream)
        .anyMatch(key -> key.module().isEmpty()) ? List.of(word(header.file(), header.metadata())) : List.of());
  }

  private static boolean isWord(String key) {
    return WORD.matcher(key).matches() && !key.startsWith("lora_");
  }

  /** {@inheritDoc} A word that the file does not name is the file's name without its ending. */
  @Override
  public AdapterModel read(Path file, Map<String, Collection<String>> layers, NDManager scope) {
    try (AdapterFile opened = AdapterFile.open(file)) {
      Map<String, Map<String, NDArray>> words = new LinkedHashMap<>();
      List<UnmatchedKey> unmatched = new ArrayList<>();
      for (String key : opened.keys()) {
        boolean nameless = ENCODERS.containsKey(key) || key.startsWith(PICKLED);
        String encoder = ENCODERS.getOrDefault(key, FIRST);
        Shape shape = opened.shape(key);
        if (!nameless && !isWord(key) || shape.dimension() < 1 || shape.dimension() > 2) {
          unmatched.add(new UnmatchedKey(key, "is no learned word: its tensor has the shape " + shape
              + ", expected (width) or (vectors, width) under emb_params, string_to_param, clip_l, clip_g"
              + " or the word itself"));
        } else if (!layers.containsKey(encoder)) {
          unmatched.add(new UnmatchedKey(key, "is a word for " + encoder + ", which the base does not have"));
        } else {
          words.computeIfAbsent(nameless ? word(opened.path(), opened.metadata()) : key, word -> new LinkedHashMap<>())
              .put(encoder, opened.read(key, scope));
        }
      }
      return model(words, unmatched, opened.metadata());
    }
  }

  private static AdapterModel model(Map<String, Map<String, NDArray>> words, List<UnmatchedKey> unmatched,
      Map<String, String> metadata) {
    List<AdapterModule> modules = new ArrayList<>();
    words.forEach((word, vectors) -> modules.add(WordVectors.module(word, vectors)));
    return new AdapterModel(modules.isEmpty() ? Map.of() : Map.of(AdapterModel.EMBEDDINGS, modules),
        List.copyOf(unmatched), metadata);
  }

  private static String word(Path file, Map<String, String> metadata) {
    return metadata.getOrDefault("name", FileNames.stem(file));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Words for one text encoder are written as diffusers does, each under itself. One word for two text
   * encoders becomes {@code clip_l} and {@code clip_g} and is known by the file's name.
   *
   * @throws UserException for adapters of layers, and for several words for two text encoders
   */
  @Override
  public void write(AdapterModel model, Path file, ElementType storage) {
    AdapterFileWriter writer = new AdapterFileWriter(storage);
    List<AdapterModule> words = model.components().getOrDefault(AdapterModel.EMBEDDINGS, List.of());
    boolean others = model.components().keySet().stream()
        .anyMatch(component -> !component.equals(AdapterModel.EMBEDDINGS));
    boolean both = words.stream().anyMatch(word -> word.tensors().containsKey(SECOND));
    if (words.isEmpty() || others || both && words.size() > 1) {
      throw new UserException("A textual-inversion file holds learned words only, and one if it is for two text"
          + " encoders; this adapter has " + words.size() + " words"
          + (others ? " and adapters of layers. Save as kohya, which holds both." : ". Save them one by one."));
    }
    AdapterFileWriter.requireFolder(file);
    words.forEach(word -> word.tensors().forEach((encoder, vectors) -> writer.add(!both ? word.path()
        : encoder.equals(SECOND) ? "clip_g" : "clip_l", vectors)));
    writer.write(file, model.metadata());
  }
}
