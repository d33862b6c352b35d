package dev.kasane.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.app.base.ComputeDevice;
import dev.kasane.app.base.DeviceWish;
import dev.kasane.core.family.BaseModel.Quantisable;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.Quantizer;
import dev.kasane.quant.cuda.Gpu;
import dev.kasane.quant.cuda.GpuSearch;
import dev.kasane.quant.format.BlockSize;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** How a benchmark's base is held, and where; use it as a mixin. */
public final class BaseOptions {
  @Option(names = "--device", defaultValue = "cpu", converter = Wish.class, description = "cpu, cuda or cuda:N.")
  private DeviceWish device;

  @Option(names = "--dtype", defaultValue = "float32", description = "float32, bfloat16 or float16.")
  private String precision;

  @Option(names = "--base-type", description = "nf4, fp4 or int8: how the base is quantised.")
  private String storage;

  /** Reads a device. */
  static final class Wish implements ITypeConverter<DeviceWish> {
    @Override
    public DeviceWish convert(String word) {
      return DeviceWish.parse(word);
    }
  }

  /** Where to compute; has to be asked before anything else starts libtorch. */
  public ComputeDevice device() {
    return ComputeDevice.choose(device, Optional.empty(), System.err::println);
  }

  /** Bytes of the GPU's memory that are taken, by whomever; 0 on the CPU. libtorch keeps what it once took. */
  public long deviceBytes() {
    return device.gpu().isPresent() && GpuSearch.find(ComputeDevice.KERNELS, device.gpu().getAsInt())
        instanceof Gpu.Found found ? found.gpu().memory() - found.gpu().launcher().freeMemory() : 0;
  }

  /** The type of dense weights and of the computation. */
  public DataType type() {
    return ElementType.named(precision).dataType();
  }

  /** Whether the base is in few bits. */
  public boolean isQuantised() {
    return storage != null;
  }

  /** Quantises a loaded base where that is asked for. */
  public void quantise(Quantisable base, NDManager owner) {
    if (isQuantised()) {
      var settings = new QuantisationSettings(QuantisationSettings.Kind.named(storage), BlockSize.USUAL, false);
      Quantizer.quantise(base.root(), settings, base.layers(), owner);
    }
  }

  @Override
  public String toString() {
    return isQuantised() ? precision + ", base in " + storage : precision;
  }

  /** The device, as both sides call it. */
  public String place() {
    return device.gpu().isPresent() ? "cuda" : "cpu";
  }
}
