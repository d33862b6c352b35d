package dev.kasane.app.cli.options;

import dev.kasane.core.UserException;
import dev.kasane.core.injection.BlockWeights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strength for some blocks, as typed: {@code PATTERN=WEIGHT}, or {@code N:PATTERN=WEIGHT} for one adapter.
 *
 * @param adapter which adapter, from 1; 0 for all
 * @param pattern which layers
 * @param weight factor of the adapter's own strength
 */
public record BlockWeight(int adapter, String pattern, double weight) {
  private static final Pattern FORM = Pattern.compile("(?:(\\d{1,3}):)?(.+)=([^=]+)");

  public static BlockWeight parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new UserException("'" + text + "' should be PATTERN=WEIGHT, such as mid_block=0.5, or"
          + " N:PATTERN=WEIGHT for the Nth adapter.");
    }
    try {
      int adapter = parts.group(1) == null ? 0 : Integer.parseInt(parts.group(1));
      return new BlockWeight(adapter, parts.group(2), Double.parseDouble(parts.group(3)));
    } catch (NumberFormatException e) {
      throw new UserException("'" + text + "' has the weight '" + parts.group(3) + "'; expected a number.", e);
    }
  }

  /** As it could have been typed. */
  @Override
  public String toString() {
    return (adapter == 0 ? "" : adapter + ":") + pattern + "=" + weight;
  }

  /** Those for one adapter: the ones with its number first, then the ones for all. */
  public static BlockWeights of(List<BlockWeight> all, int adapter) {
    Map<String, Double> weights = new LinkedHashMap<>();
    all.stream().filter(each -> each.adapter() == adapter)
        .forEach(each -> weights.putIfAbsent(each.pattern(), each.weight()));
    all.stream().filter(each -> each.adapter() == 0)
        .forEach(each -> weights.putIfAbsent(each.pattern(), each.weight()));
    return new BlockWeights(weights);
  }
}
