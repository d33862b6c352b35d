package dev.kasane.text.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.lowrank.NarrowProduct;
import dev.kasane.core.lowrank.NarrowUpdate;
import dev.kasane.core.module.Attachment;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.Engines;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A decoder layer as it stands now in tensors alone: what the operator takes that computes all of it for one token.
 * Parts that the family does not have are tensors without elements.
 */
record TokenLayer(
    BlockOrder order,
    Activation activation,
    NormConfig norm,
    Projection query,
    Projection key,
    Projection value,
    Projection output,
    Projection gate,
    Projection up,
    Projection down,
    Affine attentionNorm,
    Affine attentionOutNorm,
    Affine feedForwardNorm,
    Affine feedForwardOutNorm) {
  private static final Map<Device, NDArray> ABSENT = new ConcurrentHashMap<>();

  /**
   * A linear layer with its adapters: x·weightᵀ + bias + Σ factor·x·downᵀ·upᵀ.
   *
   * @param weight (out, in)
   * @param bias (out)
   * @param downs (rank, in) for each update
   * @param ups (out, rank) for each update
   * @param factors one for each update
   */
  record Projection(NDArray weight, NDArray bias, List<NDArray> downs, List<NDArray> ups, double[] factors) {
    /**
     * @param linear the layer, or null where the family has none
     * @param absent stands for what is not there
     * @return empty when it is quantised, of another type, or has an adapter that is no product of two matrices
     */
    static Optional<Projection> of(Linear linear, NDArray absent) {
      if (linear == null) {
        return Optional.of(new Projection(absent, absent, List.of(), List.of(), new double[0]));
      }
      Optional<NDArray> weight = float32(linear.weight());
      Optional<NDArray> bias = linear.hasBias() ? float32(linear.bias()) : Optional.of(absent);
      Optional<List<NarrowProduct>> updates = updates(linear);
      if (weight.isEmpty() || bias.isEmpty() || updates.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Projection(weight.get(), bias.get(), updates.get().stream().map(NarrowProduct::down).toList(),
          updates.get().stream().map(NarrowProduct::up).toList(),
          updates.get().stream().mapToDouble(NarrowProduct::factor).toArray()));
    }

    private static Optional<List<NarrowProduct>> updates(Linear linear) {
      List<NarrowProduct> all = new ArrayList<>();
      for (Attachment each : linear.attachments()) {
        if (each.multiplier() != 0) {
          Optional<List<NarrowProduct>> own =
              NarrowUpdate.of(each.update(), each.multiplier(), each.phase());
          if (own.isEmpty() || !own.get().stream().allMatch(Projection::isFloat32)) {
            return Optional.empty();
          }
          all.addAll(own.get());
        }
      }
      return Optional.of(all);
    }

    private static boolean isFloat32(NarrowProduct update) {
      return TokenLayer.isFloat32(update.down()) && TokenLayer.isFloat32(update.up());
    }
  }

  /**
   * What a normalisation does after it has normalised.
   *
   * @param scale (width)
   * @param shift (width)
   */
  record Affine(NDArray scale, NDArray shift) {
    /**
     * @param norm the normalisation, or null where the family has none
     * @param absent stands for what is not there
     * @return empty when it is quantised, of another type, or has an adapter
     */
    static Optional<Affine> of(Norm norm, NDArray absent) {
      if (norm == null) {
        return Optional.of(new Affine(absent, absent));
      }
      Optional<NDArray> scale = float32(norm.scale());
      Optional<NDArray> shift = norm.shift().map(TokenLayer::float32).orElse(Optional.of(absent));
      return norm.isBare() && scale.isPresent() && shift.isPresent()
          ? Optional.of(new Affine(scale.get(), shift.get())) : Optional.empty();
    }
  }

  /**
   * The layer, when there is nothing to it but dense float32 tensors and products of two matrices.
   *
   * @param device where they lie
   */
  static Optional<TokenLayer> of(DecoderLayer layer, Device device) {
    SelfAttention attention = layer.attention();
    FeedForward feedForward = layer.feedForward();
    NDArray absent = ABSENT.computeIfAbsent(device, each -> TextOps.absent(Engines.newManager(each)));
    Optional<Projection> query = Projection.of(attention.query(), absent);
    Optional<Projection> key = Projection.of(attention.key(), absent);
    Optional<Projection> value = Projection.of(attention.value(), absent);
    Optional<Projection> output = Projection.of(attention.output(), absent);
    Optional<Projection> gate = Projection.of(feedForward.gate(), absent);
    Optional<Projection> up = Projection.of(feedForward.up(), absent);
    Optional<Projection> down = Projection.of(feedForward.down(), absent);
    Optional<Affine> attentionNorm = Affine.of(layer.attentionNorm(), absent);
    Optional<Affine> attentionOutNorm = Affine.of(layer.attentionOutNorm(), absent);
    Optional<Affine> feedForwardNorm = Affine.of(layer.feedForwardNorm(), absent);
    Optional<Affine> feedForwardOutNorm = Affine.of(layer.feedForwardOutNorm(), absent);
    return Stream.of(query, key, value, output, gate, up, down, attentionNorm, attentionOutNorm, feedForwardNorm,
        feedForwardOutNorm).allMatch(Optional::isPresent)
        ? Optional.of(new TokenLayer(layer.config().layers().order(), layer.config().feedForward().activation(),
            layer.config().norm(), query.get(), key.get(), value.get(), output.get(), gate.get(), up.get(), down.get(),
            attentionNorm.get(), attentionOutNorm.get(), feedForwardNorm.get(), feedForwardOutNorm.get()))
        : Optional.empty();
  }

  /** Products of vectors do not convert, as the operators of three axes do. */
  private static Optional<NDArray> float32(FrozenWeight weight) {
    return weight instanceof DenseWeight dense && isFloat32(dense.array())
        ? Optional.of(dense.array()) : Optional.empty();
  }

  private static boolean isFloat32(NDArray tensor) {
    return tensor.getDataType() == DataType.FLOAT32;
  }
}
