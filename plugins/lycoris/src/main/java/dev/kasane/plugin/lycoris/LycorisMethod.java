package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.SavedShapes;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A method whose modules are known by the names of their parameters. */
public abstract class LycorisMethod implements AdapterMethod {
  private final String id;
  private final String description;
  private final List<AdapterOption> options;
  private final Names names;

  /**
   * What a method calls its parameters.
   *
   * @param marks tensors of which one is enough to tell a module of the method
   * @param others tensors that it may have beside them
   * @param constants constants that it may have
   */
  public record Names(Set<String> marks, Set<String> others, Set<String> constants) {}

  /**
   * @param id the name that users type
   * @param description one sentence for people
   * @param options what it understands
   * @param names what it calls its parameters
   */
  protected LycorisMethod(String id, String description, List<AdapterOption> options, Names names) {
    this.id = id;
    this.description = description;
    this.options = options;
    this.names = names;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final String description() {
    return description;
  }

  @Override
  public final List<AdapterOption> options() {
    return options;
  }

  @Override
  public final Set<String> parameters() {
    return Stream.of(names.marks, names.others, names.constants).flatMap(Set::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a module has one of the marks and nothing besides what the method knows. */
  protected boolean isOwn(AdapterModule saved) {
    Set<String> tensors = saved.tensors().keySet();
    return tensors.stream().anyMatch(names.marks::contains)
        && tensors.stream().allMatch(name -> names.marks.contains(name) || names.others.contains(name))
        && names.constants.containsAll(saved.constants().keySet());
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    return names.marks.stream().anyMatch(saved::has) ? Optional.of(told(saved)) : Optional.empty();
  }

  /** What a header with one of the marks tells. */
  protected ModuleFacts told(ModuleHeader saved) {
    return ModuleFacts.of(id);
  }

  /** Whether some of the marks are missing, of a method whose modules have all of them. */
  protected final boolean lacksMarks(ModuleHeader saved) {
    return !names.marks.stream().allMatch(saved::has);
  }

  @Override
  public final Optional<Shape> shapeOf(AdapterModule saved) {
    return isOwn(saved) ? Optional.of(shape(saved, new SavedShapes(saved))) : Optional.empty();
  }

  /** {@link #shapeOf} of a module of this method. */
  protected abstract Shape shape(AdapterModule saved, SavedShapes shapes);

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return isOwn(saved) ? Optional.of(restored(saved, new SavedTensors(layer, saved, scope))) : Optional.empty();
  }

  /** {@link #restore} of a module of this method. */
  protected abstract LayerAdapter restored(AdapterModule saved, SavedTensors tensors);
}
