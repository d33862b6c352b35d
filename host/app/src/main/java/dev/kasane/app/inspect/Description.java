package dev.kasane.app.inspect;

import dev.kasane.core.family.BaseKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Puts together what the header of one file tells. */
final class Description {
  private static final Pattern KNOWN_PLACE = Pattern.compile(
      "down_blocks|up_blocks|mid_block|input_blocks|output_blocks|middle_block|conv_in|conv_out|time_embed"
          + "|label_emb|add_embedding|conv_norm_out|text_model|text_projection|out_[02]");

  private final Path file;
  private final long bytes;
  private final TensorListing listing;
  private final PeftConfigValues config;
  private final Optional<AdapterLayout> layout;
  private final Map<String, Map<String, StoredTensor>> modules;
  private final Map<String, Map<String, StoredTensor>> adapted;
  private final BaseKind base;

  /**
   * @throws IOException when the configuration that belongs to the file is damaged
   */
  Description(Path file, long bytes, TensorListing listing) throws IOException {
    this.file = file;
    this.bytes = bytes;
    this.listing = listing;
    this.layout = AdapterLayout.of(listing.tensors().keySet());
    this.config = layout.equals(Optional.of(AdapterLayout.PEFT))
        ? PeftConfigValues.beside(file) : new PeftConfigValues(Map.of());
    this.modules = layout.map(each -> each.modules(listing.tensors().values())).orElse(Map.of());
    this.adapted = modules.entrySet().stream()
        .filter(module -> AdapterAlgorithm.of(module.getValue()).isPresent())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    this.base = listing.base();
  }

  FileInspection describe() {
    Map<String, String> facts = new LinkedHashMap<>(TrainingHistory.of(listing.metadata()));
    facts.putAll(config.facts());
    return new FileInspection(
        file.toString(), bytes, listing.container(),
        layout.map(AdapterLayout::id).orElse(FileInspection.UNKNOWN), base.id(), method(), adapted.size(),
        ranks(), alphas(), layout.equals(Optional.of(AdapterLayout.KOHYA)) ? withoutAlpha() : 0,
        listing.tensors().size(), dtypes(), TargetBlocks.count(adapted.keySet()), triggerWords(), facts,
        listing.metadata(), Map.of(), false, notes(), Integrity.problems(listing, modules));
  }

  /** A file in which some layers are convolutions is a LoCon as a whole. */
  private String method() {
    Set<String> methods = adapted.values().stream()
        .map(parameters -> AdapterAlgorithm.of(parameters).orElseThrow().id(parameters))
        .collect(Collectors.toCollection(TreeSet::new));
    if (methods.contains("locon")) {
      methods.remove("lora");
    }
    if (!methods.isEmpty()) {
      return String.join("+", methods);
    }
    if (!config.method().isEmpty()) {
      return config.method();
    }
    return layout.filter(each -> !each.isAdapter()).map(Description::kind).orElse(FileInspection.UNKNOWN);
  }

  private static String kind(AdapterLayout layout) {
    return layout == AdapterLayout.BITSANDBYTES ? AdapterLayout.CHECKPOINT.id() : layout.id();
  }

  private List<Long> ranks() {
    return adapted.values().stream()
        .map(parameters -> AdapterAlgorithm.of(parameters).orElseThrow().rank(parameters))
        .filter(OptionalLong::isPresent).map(OptionalLong::getAsLong).distinct().sorted().toList();
  }

  private List<Double> alphas() {
    return config.isPresent() && listing.alphas().isEmpty() ? config.alphas()
        : listing.alphas().values().stream().distinct().sorted().toList();
  }

  /** Only this layout keeps alpha with each module; others keep it elsewhere or do not have it. */
  private int withoutAlpha() {
    return (int) adapted.values().stream()
        .filter(parameters -> AdapterAlgorithm.of(parameters).orElseThrow().rank(parameters).isPresent())
        .filter(parameters -> !parameters.containsKey("alpha") && !parameters.containsKey("scale")).count();
  }

  private List<String> dtypes() {
    return listing.tensors().values().stream()
        .map(tensor -> tensor.dtype().name()).distinct().sorted().toList();
  }

  /** The words that were learnt beside the adapter call it; failing these, what the metadata say. */
  private List<String> triggerWords() {
    Collection<String> learnt = new TreeSet<>();
    listing.tensors().keySet().forEach(key -> AdapterLayout.embeddedWord(key).ifPresent(learnt::add));
    if (learnt.isEmpty() && layout.equals(Optional.of(AdapterLayout.TEXTUAL_INVERSION))) {
      // A word without a name in the file is called like the file.
      String name = file.getFileName().toString();
      learnt.add(listing.metadata().getOrDefault("name", name.replaceFirst("(?<=.)\\.[^.]*$", "")));
    }
    return learnt.isEmpty() ? TrainingHistory.triggerWords(listing.metadata()) : List.copyOf(learnt);
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    listing.metadataFault().ifPresent(notes::add);
    boolean image = layout.filter(each -> each == AdapterLayout.KOHYA || each == AdapterLayout.DIFFUSERS)
        .isPresent();
    List<String> strange = !image || base.isDiverse() ? List.of() : adapted.keySet().stream()
        .filter(module -> !KNOWN_PLACE.matcher(module).find()).toList();
    if (!strange.isEmpty()) {
      notes.add(strange.size() + " modules name no layer of Stable Diffusion 1.x, 2.x or XL, so the file was"
          + " made for a base that Kasane does not know: " + Integrity.shown(strange));
    }
    if (layout.equals(Optional.of(AdapterLayout.PEFT)) && !config.isPresent()) {
      notes.add("there is no " + PeftConfigValues.NAME + " beside the file; alpha, and with it the strength, stands"
          + " only there");
    }
    return notes;
  }
}
