namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Op s_attention = new("aten::scaled_dot_product_attention");

            /// <summary>
            /// softmax(Q Kᵀ / √d + mask) V. Query [N…, L, d], key [N…, S, d], value [N…, S, e] -> [N…, L, e].
            /// The mask is added, or, being of truth values, says what may be seen.
            /// </summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0,
                bool is_casual = false)
            {
                if (p < 0)
                    throw new ArgumentException($"the dropout probability must not be negative, got {p}");
                if (is_casual && attn_mask is not null)
                    throw new ArgumentException("causal attention takes no mask of its own");
                if (attn_mask is null && p == 0 && !is_casual && FusedLayers.Attention(query, key, value) is { } fused)
                    return fused;
                return s_attention.Exists
                    ? s_attention.Call(query, key, value, attn_mask, p, is_casual)
                    : AttentionFormula(query, key, value, attn_mask, p, is_casual);
            }

            /// <summary>The formula, for a libtorch that has no such operator (before 2.0).</summary>
            internal static Tensor AttentionFormula(Tensor query, Tensor key, Tensor value, Tensor? mask, double p, bool causal)
            {
                using var scope = NewDisposeScope();
                var scores = query.mul(1 / Math.Sqrt(query.shape[^1])).matmul(key.transpose(-2, -1)); // [N…, L, S]
                if (causal)
                    mask = ones([query.shape[^2], key.shape[^2]], dtype: ScalarType.Bool, device: query.device).tril();
                if (mask is not null)
                    scores = mask.dtype == ScalarType.Bool ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity) : scores.add(mask);
                var weights = softmax(scores, -1);
                if (p > 0)
                    weights = dropout(weights, p);
                return weights.matmul(value).MoveToOuterDisposeScope();
            }
        }
    }
}
