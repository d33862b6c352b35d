package ai.djl.pytorch.engine;

import ai.djl.Device;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * libtorch's numbers of kinds of devices. Stands in tests before DJL's own class of this name, which does not know the
 * last of them; see {@link dev.kasane.testkit.MetaDevice}.
 */
public final class PtDeviceType {
  private static final Map<String, Integer> NUMBERS =
      Map.of(Device.Type.CPU, 0, Device.Type.GPU, 1, "mps", 13, "meta", 14);
  private static final Map<Integer, String> NAMES =
      NUMBERS.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

  private PtDeviceType() {}

  /** The number of a device's kind. */
  public static int toDeviceType(Device device) {
    return NUMBERS.get(device.getDeviceType());
  }

  /** The kind of device that has a number. */
  public static String fromDeviceType(int number) {
    return NAMES.get(number);
  }
}
