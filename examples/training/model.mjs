/** A network of two hidden layers (tanh) and one output (sigmoid): the probability that a point lies on the second moon. */
const HIDDEN = 48;
const SHAPES = [
  [2, HIDDEN],
  [HIDDEN, HIDDEN],
  [HIDDEN, 1],
];

export class Model {
  constructor(layers) {
    this.layers = layers;
    this.activations = [new Float64Array(2), ...layers.map(({ biases }) => new Float64Array(biases.length))];
    this.gradients = layers.map(({ biases }) => new Float64Array(biases.length));
  }

  /** Weights spread by fan-in, so that no layer starts saturated. `random` gives numbers in [0, 1). */
  static initial(random) {
    return new Model(
      SHAPES.map(([inputs, outputs]) => ({
        weights: Float64Array.from({ length: inputs * outputs }, () => (2 * random() - 1) * Math.sqrt(3 / inputs)),
        biases: new Float64Array(outputs),
      })),
    );
  }

  static fromJson(layers) {
    return new Model(layers.map(({ weights, biases }) => ({ weights: decode(weights), biases: decode(biases) })));
  }

  toJson() {
    return this.layers.map(({ weights, biases }) => ({ weights: encode(weights), biases: encode(biases) }));
  }

  predict(x, y) {
    this.activations[0][0] = x;
    this.activations[0][1] = y;
    this.layers.forEach(({ weights, biases }, index) => {
      const from = this.activations[index];
      const to = this.activations[index + 1];
      const last = index === this.layers.length - 1;
      for (let output = 0; output < to.length; output++) {
        let sum = biases[output];
        for (let input = 0; input < from.length; input++) sum += weights[output * from.length + input] * from[input];
        to[output] = last ? 1 / (1 + Math.exp(-sum)) : Math.tanh(sum);
      }
    });
    return this.activations[this.layers.length][0];
  }

  /** One step of stochastic gradient descent. @returns the cross-entropy before the step */
  learn(x, y, label, rate) {
    const prediction = this.predict(x, y);
    this.gradients[this.layers.length - 1][0] = prediction - label;
    for (let index = this.layers.length - 1; index >= 0; index--) this.#descend(index, rate);
    const likely = label === 1 ? prediction : 1 - prediction;
    return -Math.log(Math.max(likely, 1e-12));
  }

  #descend(index, rate) {
    const { weights, biases } = this.layers[index];
    const from = this.activations[index];
    const gradient = this.gradients[index];
    const below = this.gradients[index - 1];
    below?.fill(0);
    for (let output = 0; output < gradient.length; output++) {
      const slope = gradient[output];
      for (let input = 0; input < from.length; input++) {
        const at = output * from.length + input;
        if (below) below[input] += slope * weights[at];
        weights[at] -= rate * slope * from[input];
      }
      biases[output] -= rate * slope;
    }
    // The slope of tanh, from its value.
    if (below) for (let input = 0; input < below.length; input++) below[input] *= 1 - from[input] ** 2;
  }

  accuracy({ size, inputs, labels }) {
    let right = 0;
    for (let point = 0; point < size; point++) {
      const second = this.predict(inputs[2 * point], inputs[2 * point + 1]) >= 0.5;
      if (second === (labels[point] === 1)) right++;
    }
    return right / size;
  }
}

const encode = (numbers) => Buffer.from(Float32Array.from(numbers).buffer).toString('base64');

function decode(text) {
  const bytes = Buffer.from(text, 'base64');
  return Float64Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));
}
