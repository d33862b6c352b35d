package dev.kasane.app.adapter;

import dev.kasane.core.UserException;
import dev.kasane.core.injection.InjectionReport;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Ways in which a part of an adapter file can fail to fit a base; each can be accepted by its name. */
public enum AdapterMisfit {
  /** Keys that name no layer of the base, or that no method knows. */
  UNMATCHED {
    @Override
    boolean isIn(InjectionReport report) {
      return !report.strays().isEmpty();
    }
  },
  /** Modules whose tensors have another shape than their layer. */
  MISSHAPEN {
    @Override
    boolean isIn(InjectionReport report) {
      return !report.misshapen().isEmpty();
    }
  };

  /** Whether a file has this fault. */
  abstract boolean isIn(InjectionReport report);

  /** The faults that a file has. */
  public static List<AdapterMisfit> of(InjectionReport report) {
    return Arrays.stream(values()).filter(misfit -> misfit.isIn(report)).toList();
  }

  /** The name that users type. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return optionName();
  }

  /**
   * The fault of a typed name.
   *
   * @throws UserException when there is none of that name
   */
  public static AdapterMisfit parse(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(each -> each.optionName().equals(wanted)).findFirst()
        .orElseThrow(() -> new UserException("'" + name + "' is nothing that could be accepted. Use "
            + Arrays.stream(values()).map(AdapterMisfit::optionName).collect(Collectors.joining(" or "))
            + "."));
  }
}
