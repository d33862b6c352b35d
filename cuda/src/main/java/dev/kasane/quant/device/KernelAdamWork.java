package dev.kasane.quant.device;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.training.Gradients;
import dev.kasane.quant.cuda.AdamRates;
import dev.kasane.quant.cuda.OptimizerTable;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.cuda.TensorMemory;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.DynamicMap;
import dev.kasane.quant.optimizer.AdamMove;
import dev.kasane.quant.optimizer.AdamStep;
import dev.kasane.quant.optimizer.AdamWork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Steps on a device: one launch for all parameters that share a learning rate and a width of moments. States lie in
 * the device's memory, or visit it in pages.
 */
final class KernelAdamWork implements AdamWork {
  private final QuantKernels kernels;
  private final NDManager owner;
  private final StatePlace states;
  private final NDArray signedMap;
  private final NDArray unsignedMap;
  private final Map<TableKey, Table> tables = new LinkedHashMap<>();

  /** Parameters that go into one launch. */
  private record Group(double rateFactor, boolean eightBit) {}

  private record TableKey(Group group, int page) {}

  /** A launch's table on the device; it stays the same from step to step, as addresses do. */
  private record Table(List<StatePiece> pieces, NDArray rows, NDArray firstBlocks, OptimizerTable table) {}

  /**
   * @param kernels those of the parameters' device
   * @param owner owner of tables, on that device
   * @param states how the device gets at the states
   */
  KernelAdamWork(QuantKernels kernels, NDManager owner, StatePlace states) {
    this.kernels = kernels;
    this.owner = owner;
    this.states = states;
    this.signedMap = TensorMemory.put(owner, DynamicMap.SIGNED.values());
    this.unsignedMap = TensorMemory.put(owner, DynamicMap.UNSIGNED.values());
  }

  @Override
  public double norm(List<NDArray> gradients) {
    return Gradients.norm(gradients);
  }

  @Override
  public void move(List<AdamMove> moves, AdamStep step) {
    Map<Group, List<AdamMove>> groups = moves.stream().collect(Collectors.groupingBy(
        each -> new Group(each.slot().rateFactor(), each.slot().isEightBit()), LinkedHashMap::new,
        Collectors.toList()));
    groups.forEach((group, members) -> {
      AdamRates rates = rates(step, group.rateFactor());
      states.visit(members, group.eightBit(), (page, pieces) -> launch(group, page, pieces, rates));
    });
  }

  private static AdamRates rates(AdamStep step, double rateFactor) {
    return AdamRates.of(step.count(), step.learningRate() * rateFactor, step.settings().beta1(),
        step.settings().beta2(), step.settings().epsilon(), step.settings().weightDecay(), step.gradientScale());
  }

  private void launch(Group group, int page, List<StatePiece> pieces, AdamRates rates) {
    OptimizerTable table = tables.compute(new TableKey(group, page), (key, known) -> {
      if (known != null && known.pieces().equals(pieces)) {
        return known;
      }
      if (known != null) {
        known.rows().close();
        known.firstBlocks().close();
      }
      return table(pieces);
    }).table();
    if (group.eightBit()) {
      kernels.adamw8(table, TensorMemory.address(signedMap), TensorMemory.address(unsignedMap), rates);
    } else {
      kernels.adamw32(table, rates);
    }
  }

  private Table table(List<StatePiece> pieces) {
    List<Long> rows = new ArrayList<>();
    long[] firstBlocks = new long[pieces.size()];
    long block = 0;
    for (int i = 0; i < firstBlocks.length; i++) {
      StatePiece piece = pieces.get(i);
      rows.addAll(piece.fields());
      firstBlocks[i] = block;
      block += BlockSize.blocks(piece.count(), OptimizerTable.BLOCK);
    }
    NDArray table = TensorMemory.put(owner, rows.stream().mapToLong(Long::longValue).toArray());
    NDArray first = TensorMemory.put(owner, firstBlocks);
    return new Table(List.copyOf(pieces), table, first, new OptimizerTable(
        TensorMemory.address(table), TensorMemory.address(first), firstBlocks.length, block));
  }

  @Override
  public void zero(List<NDArray> gradients) {
    Gradients.zero(gradients);
  }
}
