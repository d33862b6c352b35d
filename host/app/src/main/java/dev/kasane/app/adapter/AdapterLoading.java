package dev.kasane.app.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.injection.InjectionReport;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts adapters onto a live model of any kind, strictly: what does not fit is refused unless it was accepted. */
public final class AdapterLoading {
  private final List<AdapterFormat> formats;
  private final List<AdapterMethod> methods;
  private final Set<AdapterMisfit> accepted;

  /**
   * @param formats the file formats to try, told apart by content
   * @param methods the adapter methods to try
   * @param accepted which misfits do not matter
   */
  public AdapterLoading(
      List<AdapterFormat> formats, List<AdapterMethod> methods, Set<AdapterMisfit> accepted) {
    this.formats = List.copyOf(formats);
    this.methods = List.copyOf(methods);
    this.accepted = Set.copyOf(accepted);
  }

  /**
   * Loads one adapter and attaches it, on top of those that are attached already. With weight 0 it is
   * checked all the same but left detached, so that the model computes the very bits of the bare base.
   *
   * @param reference the file or folder and its weight
   * @param base the live model
   * @param scope owner of the adapter's tensors
   * @throws UserException as {@link #fit}
   */
  public LoadedAdapter load(AdapterReference reference, AdapterBase base, NDManager scope) {
    return load(reference, BlockWeights.none(), base, scope);
  }

  /**
   * Loads one adapter and attaches it, as {@link #load(AdapterReference, AdapterBase, NDManager)}.
   *
   * @param blocks factors of the weight for some blocks
   * @throws UserException also when a block is in none of the adapter's layers
   */
  public LoadedAdapter load(AdapterReference reference, BlockWeights blocks, AdapterBase base, NDManager scope) {
    LoadedAdapter loaded = fit(reference, base, scope);
    weigh(reference, blocks, loaded.set());
    if (reference.weight() != 0) {
      loaded.set().attach();
    }
    return loaded;
  }

  /**
   * Loads one adapter without attaching it.
   *
   * @param reference the file or folder and its weight
   * @param base the live model
   * @param scope owner of the adapter's tensors
   * @throws UserException when the file is missing, damaged or of no known format, was made for another base,
   *     fits nowhere, or fits in part and that was not accepted
   */
  public LoadedAdapter fit(AdapterReference reference, AdapterBase base, NDManager scope) {
    if (!Files.exists(reference.file())) {
      throw new UserException("There is no adapter file " + reference.file()
          + ". An adapter is a file or folder, and :weight.");
    }
    FormatChoice.Chosen chosen = new FormatChoice(formats, methods).recognise(reference.file());
    requireSameBase(chosen, base);
    AdapterModel saved = chosen.read(reference.file(), base.places(), scope);
    Injector.Restored restored = restore(reference, saved, base, scope);
    List<AdapterModule> words = saved.components().getOrDefault(AdapterModel.EMBEDDINGS, List.of());
    requireLayers(reference, restored.report());
    requireFit(chosen, base, restored);
    if (accepted.isEmpty()) {
      chosen.requireUndamaged();
    }
    double norm = norm(reference.file(), restored);
    return new LoadedAdapter(reference, chosen.format().id(), restored.set(), restored.report(), norm, words,
        saved.notes());
  }

  private static void requireSameBase(FormatChoice.Chosen chosen, AdapterBase base) {
    BaseKind made = chosen.contents().base();
    if (made != base.kind() && made != BaseKind.UNKNOWN && base.kind() != BaseKind.UNKNOWN) {
      throw new UserException(chosen.path() + " was made for " + made.title() + ", but the base is "
          + base.kind().title() + ". Adapters fit only the kind of base that they were trained on.");
    }
  }

  private Injector.Restored restore(AdapterReference reference, AdapterModel saved, AdapterBase base,
      NDManager scope) {
    try {
      return Injector.fit(base.components(), saved, methods, reference.weight(), scope);
    } catch (UserException e) {
      throw e.behind(reference.file() + ": ");
    }
  }

  private static void requireLayers(AdapterReference reference, InjectionReport report) {
    if (report.matched().isEmpty() && report.isComplete() && !report.words().isEmpty()) {
      throw new UserException(reference.file() + " adapts no layers; it holds learned words ("
          + report.words().stream().sorted().collect(Collectors.joining(", "))
          + "). «generate image, embedding FILE» takes it.");
    }
  }

  private void requireFit(FormatChoice.Chosen chosen, AdapterBase base, Injector.Restored restored) {
    InjectionReport report = restored.report();
    List<AdapterMisfit> found = AdapterMisfit.of(report);
    boolean nothing = report.matched().isEmpty();
    if (!nothing && accepted.containsAll(found)) {
      return;
    }
    List<String> lines = report.lines();
    List<String> details = new ArrayList<>(lines.subList(1, lines.size()));
    details.addAll(NearMiss.of(chosen, base, report, methods));
    if (nothing) {
      BaseKind made = chosen.contents().base();
      if (made != BaseKind.UNKNOWN) {
        details.add("The file looks made for " + made.title() + ".");
      }
      throw new UserException(chosen.path() + ": nothing in this adapter fits the base model: " + lines.get(0),
          details, null);
    }
    String accept = found.stream().map(AdapterMisfit::optionName).collect(Collectors.joining(","));
    details.add("Add «accept " + accept + "» to use the " + report.matched().size() + " layers that fit.");
    throw new UserException(chosen.path() + " does not fit the base completely: " + lines.get(0), details, null);
  }

  private static void weigh(AdapterReference reference, BlockWeights blocks, AdapterSet set) {
    try {
      set.multiplier(reference.weight(), blocks);
    } catch (UserException e) {
      throw e.behind(reference.file() + ": ");
    }
  }

  private static double norm(Path file, Injector.Restored restored) {
    double norm = Math.sqrt(restored.set().deltaNorms().values().stream()
        .mapToDouble(each -> each * each).sum());
    if (!Double.isFinite(norm)) {
      throw new UserException(file + " holds values that are no finite numbers; its training diverged or the"
          + " file is damaged. Use another file.");
    }
    return norm;
  }
}
