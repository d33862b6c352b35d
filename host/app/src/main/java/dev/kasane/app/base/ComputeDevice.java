package dev.kasane.app.base;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.family.BaseModel;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.quant.Originals;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.cuda.CopyQueue;
import dev.kasane.quant.cuda.DeviceKernels;
import dev.kasane.quant.cuda.Gpu;
import dev.kasane.quant.cuda.GpuSearch;
import dev.kasane.quant.device.DeviceOptimizers;
import dev.kasane.quant.device.DeviceWeights;
import dev.kasane.quant.device.OffloadedWeights;
import dev.kasane.quant.optimizer.Optimizers;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Where a run computes: the one place that decides it, and that knows what is another way on a GPU. Data, caches and
 * files are the host's everywhere; a base is read and quantised there and moved when it is whole.
 */
public final class ComputeDevice {
  /** Where compiled kernels are kept. */
  public static final Path KERNELS = Path.of(System.getProperty("user.home"), ".cache", "kasane", "kernels");

  private final Device device;
  private final Optional<Card> card;
  private final boolean offload;

  /**
   * What a GPU has of its own.
   *
   * @param kernels those that run there
   * @param copies makes queues of copies between it and the host's pinned memory
   */
  record Card(DeviceKernels kernels, Supplier<CopyQueue> copies) {}

  /**
   * @param device where tensors are made
   * @param card nothing for the CPU
   * @param offload whether a base waits in the host's memory
   */
  ComputeDevice(Device device, Optional<Card> card, boolean offload) {
    this.device = device;
    this.card = card;
    this.offload = offload;
  }

  /** What a machine has to compute with. */
  interface Machine {
    /** Whether there is a driver at all. */
    boolean hasDriver();

    /** Looks for all that a GPU needs. */
    Gpu.Finding find(int number);

    /** Starts libtorch for it, or says why there is none. */
    Optional<String> start(Gpu gpu);
  }

  private static final Machine THIS = new Machine() {
    @Override
    public boolean hasDriver() {
      return GpuSearch.hasDriver();
    }

    @Override
    public Gpu.Finding find(int number) {
      return GpuSearch.find(KERNELS, number);
    }

    @Override
    public Optional<String> start(Gpu gpu) {
      return Engines.startForGpu(gpu.computeCapability());
    }
  };

  /**
   * Decides, before anything else starts the engine. A line is said only where a GPU is there.
   *
   * @param wish what the user wants
   * @param hostOnly what of the run computes on the CPU alone, if anything does
   * @param tell shows a line to the user
   * @throws UserException when a GPU was asked for and cannot be used
   */
  public static ComputeDevice choose(DeviceWish wish, Optional<String> hostOnly, Consumer<String> tell) {
    return choose(wish, hostOnly, tell, THIS);
  }

  static ComputeDevice choose(DeviceWish wish, Optional<String> hostOnly, Consumer<String> tell, Machine machine) {
    if (wish.gpu().isEmpty() || !wish.certain() && !machine.hasDriver()) {
      return cpu(wish, tell);
    }
    int number = wish.gpu().getAsInt();
    Gpu.Finding finding = machine.find(number);
    Optional<String> missing = finding instanceof Gpu.Found found
        ? hostOnly.or(() -> machine.start(found.gpu())) : Optional.of(((Gpu.Missing) finding).reason());
    if (missing.isPresent() && wish.certain()) {
      throw new UserException("GPU " + number + " cannot be used: " + missing.get() + ". «doctor» tells what is"
          + " there and what is missing; with «device cpu» the CPU computes.");
    } else if (missing.isPresent()) {
      tell.accept("Computing on the CPU: " + missing.get() + ".");
      return cpu(wish, tell);
    }
    Gpu gpu = ((Gpu.Found) finding).gpu();
    tell.accept("Computing on GPU " + number + ", " + gpu.name() + ".");
    return new ComputeDevice(Device.gpu(number),
        Optional.of(new Card(gpu.kernels(), () -> gpu.launcher().copyQueue())), wish.offload());
  }

  private static ComputeDevice cpu(DeviceWish wish, Consumer<String> tell) {
    if (wish.offload()) {
      tell.accept("«offload» changes nothing on the CPU: the base lies in the host's memory there.");
    }
    return new ComputeDevice(Device.cpu(), Optional.empty(), false);
  }

  /** Whether it is one whose memory is not the host's. */
  public boolean isGpu() {
    return card.isPresent();
  }

  /** Returns a manager without a parent on this device; the caller closes it. */
  public NDManager newManager() {
    return Engines.newManager(device);
  }

  /**
   * Gives a base its weights on this device, in few bits where that is asked for.
   *
   * @param keepOriginals whether the dense weights are kept until what is returned is closed; on the CPU alone
   * @param owner owner of the weights, on this device
   * @see QuantisedBase#quantise
   */
  public Originals load(BaseModel base, Optional<QuantisationSettings> storage, boolean keepOriginals, NDManager owner,
      Consumer<String> tell) {
    if (card.isEmpty()) {
      base.load(owner);
      return QuantisedBase.quantise(base.quantisable(), storage, keepOriginals, owner, tell);
    }
    try (NDManager host = Engines.newManager()) {
      base.load(host);
      QuantisedBase.quantise(base.quantisable(), storage, false, host, tell);
      if (offload) {
        offload(base, card.get(), owner, tell);
      }
      base.modules().forEach(each -> move(each, owner));
    }
    return Originals.NONE;
  }

  /**
   * Moves a loaded model to this device; on the CPU it stays where it is.
   *
   * @param owner owner of the weights, on this device
   */
  public void move(Module model, NDManager owner) {
    card.ifPresent(each -> DeviceWeights.move(model, owner, each.kernels()));
  }

  /** What is not moved here goes to the device for good: norms, tables, heads, and what is in few bits. */
  private static void offload(BaseModel base, Card card, NDManager owner, Consumer<String> tell) {
    BaseModel.Quantisable main = base.quantisable();
    long bytes = 0;
    for (Module each : base.modules()) {
      Predicate<AdaptableLayer> layers = each == main.root() ? main.layers() : layer -> true;
      OffloadedWeights moved = OffloadedWeights.move(
          each, layers.and(layer -> layer.kind().isProduct()), card.copies().get(), owner.getDevice());
      owner.attachInternal(UUID.randomUUID().toString(), moved);
      bytes += moved.bytes();
    }
    tell.accept(String.format(
        Locale.ROOT, "%,.1f MB of the base wait in the host's memory and visit the GPU.", bytes / 1e6));
  }

  /**
   * The optimiser that computes here.
   *
   * @param folder for a file of states; a GPU has those in 8 bits in the host's pinned memory instead, from where they
   *     visit it, and reaches no others
   * @throws UserException when there is no such folder
   * @see Optimizers#adamW
   */
  public OptimizerFactory adamW(AdamW.Settings settings, boolean eightBits, Optional<Path> folder) {
    if (card.isEmpty() || !eightBits) {
      return Optimizers.adamW(settings, eightBits, folder);
    }
    DeviceKernels kernels = card.get().kernels();
    // A queue is made with the optimiser, which closes it.
    return folder.isEmpty() ? DeviceOptimizers.adamW(settings, eightBits, kernels)
        : (parameters, rateFactor, owner) -> DeviceOptimizers.pagedAdamW(settings, eightBits, kernels,
            card.get().copies().get(), DeviceOptimizers.PAGE_BYTES).make(parameters, rateFactor, owner);
  }
}
