"""Which file declares which operators. Written by tools/contents.py."""

FILES = {
    "activation":
        "celu celu_ elu elu_ elu_backward gelu gelu_backward hardsigmoid hardsigmoid_backward hardswish hardswish_backward hardtanh "
        "hardtanh_backward leaky_relu leaky_relu_ leaky_relu_backward log_sigmoid log_sigmoid_backward log_sigmoid_forward mish relu "
        "relu6 relu6_ selu selu_ silu softplus softplus_backward threshold threshold_ threshold_backward",
    "activation_more":
        "_prelu_kernel _prelu_kernel_backward glu glu_backward hardshrink hardshrink_backward prelu rrelu rrelu_ rrelu_with_noise "
        "rrelu_with_noise_ rrelu_with_noise_backward softshrink softshrink_backward",
    "attention":
        "_fused_sdp_choice _safe_softmax _scaled_dot_product_attention_math _scaled_dot_product_flash_attention_for_cpu "
        "_scaled_dot_product_flash_attention_for_cpu_backward scaled_dot_product_attention",
    "buffers": "as_tensor asarray from_file from_numpy frombuffer",
    "compare":
        "__and__ __iand__ __ilshift__ __ior__ __irshift__ __ixor__ __lshift__ __or__ __rshift__ __xor__ allclose arctan2 atan2 "
        "bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor clamp clamp_ clamp_max clamp_min clip "
        "clip_ copysign eq eq_ equal fmax fmin gcd ge ge_ greater greater_ greater_equal greater_equal_ gt gt_ heaviside hypot isclose "
        "lcm ldexp le le_ less less_ less_equal less_equal_ logaddexp logaddexp2 logical_and logical_not logical_or logical_xor lt lt_ "
        "max maximum min minimum ne ne_ nextafter not_equal not_equal_ xlogy",
    "conjugation": "_conj _neg_view conj is_conj is_neg resolve_conj resolve_neg",
    "convert":
        "_assert_async bfloat16 bool byte can_cast cdouble cfloat chalf char cpu cuda data_ptr dim double element_size float get_device "
        "half int ipu is_complex is_contiguous is_distributed is_floating_point is_nonzero is_pinned is_same_size is_set_to is_signed "
        "item long mtia ndimension nelement numel numpy pin_memory promote_types result_type short size storage_offset stride to tolist "
        "type type_as xpu",
    "convolution":
        "_convolution _convolution_mode conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d convolution "
        "convolution_backward",
    "copying": "_to_copy clone contiguous copy copy_ detach detach_ fill fill_ fill_diagonal_ zero zero_",
    "create":
        "empty empty_like empty_permuted empty_strided eye full full_like new_empty new_empty_strided new_full new_ones new_tensor "
        "new_zeros ones ones_like scalar_tensor tensor zeros zeros_like",
    "create_ranges": "arange linspace logspace range",
    "ctc": "_ctc_loss _ctc_loss_backward ctc_loss",
    "distance": "_norm_over _pdist_backward _pdist_forward _trilinear bilinear cosine_similarity pairwise_distance pdist",
    "dropout":
        "alpha_dropout alpha_dropout_ dropout dropout_ feature_alpha_dropout feature_alpha_dropout_ feature_dropout feature_dropout_ "
        "native_dropout native_dropout_backward",
    "einsum": "einsum",
    "embedding":
        "_embedding_bag _embedding_bag_backward _embedding_bag_forward_only _embedding_bag_per_sample_weights_backward embedding "
        "embedding_bag embedding_dense_backward embedding_renorm embedding_renorm_",
    "fft":
        "_fft_c2c _fft_c2r _fft_r2c fft_fft fft_fft2 fft_fftfreq fft_fftn fft_fftshift fft_hfft fft_hfft2 fft_hfftn fft_ifft fft_ifft2 "
        "fft_ifftn fft_ifftshift fft_ihfft fft_ihfft2 fft_ihfftn fft_irfft fft_irfft2 fft_irfftn fft_rfft fft_rfft2 fft_rfftfreq "
        "fft_rfftn",
    "fold": "col2im im2col",
    "grid":
        "_grid_sampler_2d_cpu_fallback affine_grid_generator grid_sampler grid_sampler_2d grid_sampler_2d_backward "
        "grid_sampler_2d_double_backward grid_sampler_3d grid_sampler_3d_backward grid_sampler_3d_double_backward",
    "grouped": "_grouped_mm",
    "index": "index index_backward index_put index_put_",
    "index_masked": "_unsafe_masked_index _unsafe_masked_index_put_accumulate",
    "interpolation": "lerp",
    "joining": "cat column_stack concat concatenate dstack hstack row_stack stack vstack",
    "linalg":
        "_linalg_det _linalg_slogdet _linalg_solve_ex cholesky cholesky_inverse cholesky_solve det inverse linalg_cholesky "
        "linalg_cholesky_ex linalg_det linalg_inv linalg_inv_ex linalg_slogdet linalg_solve linalg_solve_ex linalg_solve_triangular "
        "logdet slogdet",
    "linalg_composite":
        "_cdist_backward _cdist_forward cdist chain_matmul cross kron linalg_cond linalg_cross linalg_diagonal linalg_matrix_norm "
        "linalg_matrix_power linalg_matrix_rank linalg_multi_dot linalg_norm linalg_tensorinv linalg_tensorsolve linalg_vander "
        "linalg_vecdot matrix_power norm vander",
    "linalg_decompose":
        "_linalg_eigh _linalg_svd _pinv geqrf linalg_eig linalg_eigh linalg_eigvals linalg_eigvalsh linalg_lstsq linalg_matrix_exp "
        "linalg_pinv linalg_qr linalg_svd linalg_svdvals matrix_exp pinverse qr svd triangular_solve",
    "linalg_lu":
        "linalg_ldl_factor linalg_ldl_factor_ex linalg_ldl_solve linalg_lu linalg_lu_factor linalg_lu_factor_ex linalg_lu_solve "
        "lu_solve lu_unpack",
    "linalg_reflect": "linalg_householder_product orgqr ormqr",
    "loss":
        "cross_entropy_loss l1_loss mse_loss mse_loss_backward nll_loss nll_loss2d nll_loss2d_backward nll_loss2d_forward "
        "nll_loss_backward nll_loss_forward nll_loss_nd one_hot",
    "loss_scaling": "_amp_foreach_non_finite_check_and_unscale_ _amp_update_scale_",
    "losses_margin":
        "_minus_number cosine_embedding_loss hinge_embedding_loss kl_div margin_ranking_loss multi_margin_loss "
        "multi_margin_loss_backward multilabel_margin_loss multilabel_margin_loss_backward multilabel_margin_loss_forward "
        "poisson_nll_loss triplet_margin_loss",
    "losses_pointwise":
        "binary_cross_entropy binary_cross_entropy_backward binary_cross_entropy_with_logits huber_loss huber_loss_backward "
        "smooth_l1_loss smooth_l1_loss_backward soft_margin_loss soft_margin_loss_backward",
    "matmul": "addbmm addmm addmv addr baddbmm bmm dot mm mv vdot",
    "matmul_composite": "_matmul_batches _squeeze_first ger inner linalg_matmul linear matmul outer tensordot",
    "normalization":
        "group_norm layer_norm native_group_norm native_group_norm_backward native_layer_norm native_layer_norm_backward rms_norm",
    "normalization_batch":
        "_batch_norm_impl_index _batch_norm_no_update _batch_norm_with_update _native_batch_norm_legit "
        "_native_batch_norm_legit_no_training batch_norm instance_norm native_batch_norm native_batch_norm_backward",
    "padding":
        "_pad_circular _pad_enum channel_shuffle constant_pad_nd native_channel_shuffle pad pixel_shuffle pixel_unshuffle "
        "reflection_pad1d reflection_pad1d_backward reflection_pad2d reflection_pad2d_backward reflection_pad3d "
        "reflection_pad3d_backward replication_pad1d replication_pad1d_backward replication_pad2d replication_pad2d_backward "
        "replication_pad3d replication_pad3d_backward",
    "pointwise":
        "add addcdiv addcmul div div_ divide divide_ float_power float_power_ floor_divide fmod mul multiply pow pow_ remainder rsub "
        "square square_ sub subtract true_divide where",
    "pointwise_unary":
        "_conj_at_once _conj_physical abs abs_ absolute absolute_ acos acosh acosh_ angle arccos arccosh arccosh_ arcsin arcsinh "
        "arcsinh_ arctan arctanh arctanh_ asin asinh asinh_ atan atanh atanh_ ceil complex conj_physical conj_physical_ cos cosh "
        "deg2rad digamma erf erfc erfinv exp exp2 expm1 fix floor frac isfinite isinf isnan isneginf isposinf isreal lgamma log log10 "
        "log1p log2 logit nan_to_num neg negative polar polygamma polygamma_ positive rad2deg reciprocal round rsqrt sgn sigmoid "
        "sigmoid_backward sign signbit sin sinc sinh sqrt tan tanh tanh_backward trunc",
    "pooling":
        "_max_pool2d_values _max_pool3d_values avg_pool1d avg_pool2d avg_pool2d_backward avg_pool3d avg_pool3d_backward max_pool1d "
        "max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool2d_with_indices_backward max_pool3d max_pool3d_with_indices "
        "max_pool3d_with_indices_backward",
    "pooling_adaptive":
        "_adaptive_avg_pool2d _adaptive_avg_pool2d_backward _adaptive_avg_pool3d _adaptive_avg_pool3d_backward adaptive_avg_pool1d "
        "adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool2d_backward "
        "adaptive_max_pool3d adaptive_max_pool3d_backward fractional_max_pool2d fractional_max_pool2d_backward fractional_max_pool3d "
        "fractional_max_pool3d_backward max_unpool2d max_unpool3d",
    "random": "rand randint randn randperm",
    "random_draws":
        "_sample_dirichlet _standard_gamma bernoulli binomial cauchy exponential geometric log_normal multinomial normal poisson "
        "rand_like randint_like randn_like random uniform",
    "recurrent":
        "_gru_layer _lstm_projected_layer _pack_padded_sequence _packed_rows _pad_packed_sequence _padded_rows _rnn_layer gru gru_cell "
        "lstm lstm_cell mkldnn_rnn_layer rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell",
    "reduce": "all any count_nonzero logsumexp mean nanmean nansum prod sum",
    "reduce_extrema": "amax amin aminmax argmax argmin max min",
    "reduce_statistics": "bincount corrcoef cov dist histc linalg_vector_norm nanquantile quantile std std_mean var var_mean",
    "refused":
        "batch_norm_elemt batch_norm_gather_stats batch_norm_gather_stats_with_counts batch_norm_stats ccol_indices ccol_indices_copy "
        "choose_qparams_optimized coalesce col_indices col_indices_copy crow_indices crow_indices_copy dequantize empty_quantized "
        "fbgemm_linear_fp16_weight fbgemm_linear_fp16_weight_fp32_activation fbgemm_linear_int8_weight "
        "fbgemm_linear_int8_weight_fp32_activation fbgemm_linear_quantize_weight fbgemm_pack_gemm_matrix_fp16 "
        "fbgemm_pack_quantized_matrix fused_moving_avg_obs_fake_quant hspmm indices indices_copy int_repr is_coalesced native_norm "
        "q_per_channel_axis q_per_channel_scales q_per_channel_zero_points q_scale q_zero_point qscheme quantize_per_channel "
        "quantize_per_tensor quantize_per_tensor_dynamic quantized_batch_norm quantized_gru_cell quantized_lstm_cell "
        "quantized_max_pool1d quantized_max_pool2d quantized_max_pool3d quantized_rnn_relu_cell quantized_rnn_tanh_cell "
        "resize_as_sparse_ row_indices row_indices_copy saddmm smm sparse_dim sparse_mask sparse_resize_ sparse_resize_and_clear_ "
        "sspaddmm to_dense to_mkldnn to_padded_tensor to_sparse to_sparse_bsc to_sparse_bsr to_sparse_csc to_sparse_csr values "
        "values_copy",
    "resize": "resize_ resize_as_ set_",
    "rest":
        "_aminmax _cast_Byte _cast_Char _cast_Double _cast_Float _cast_Half _cast_Int _cast_Long _cast_Short _conj_copy _dim_arange "
        "_dirichlet_grad _is_all_true _is_any_true _neg_view_copy _new_zeros_with_same_feature_meta _reshape_alias_copy "
        "_shape_as_tensor _stack _standard_gamma_grad _test_autograd_multiple_dispatch _test_autograd_multiple_dispatch_view "
        "_test_autograd_multiple_dispatch_view_copy _test_functorch_fallback _unique detach_copy frexp frobenius_norm gradient "
        "hash_tensor is_inference norm_except_dim nuclear_norm renorm split_copy split_with_sizes_copy unbind_copy",
    "scan": "cummax cummin cumprod cumsum cumulative_trapezoid diff logcumsumexp trapezoid trapz",
    "scatter":
        "gather index_add index_add_ index_copy index_copy_ index_fill index_fill_ index_select put put_ scatter scatter_ scatter_add "
        "scatter_add_ take take_along_dim",
    "scatter_reduce": "_once_only diagonal_scatter index_reduce scatter_reduce select_scatter slice_scatter tril_indices triu_indices",
    "search":
        "_convert_indices_from_coo_to_csr _convert_indices_from_csr_to_coo bucketize histogram histogramdd isin nonzero_static "
        "searchsorted",
    "segments":
        "_chunk_cat _fake_quantize_per_tensor_affine_cachemask_tensor_qparams _segment_reduce_backward fake_quantize_per_channel_affine "
        "fake_quantize_per_channel_affine_cachemask fake_quantize_per_tensor_affine fake_quantize_per_tensor_affine_cachemask "
        "segment_reduce",
    "shape":
        "block_diag diag_embed diagonal_copy flip masked_fill masked_fill_ masked_scatter masked_scatter_ masked_scatter_backward "
        "masked_select repeat repeat_interleave roll rot90 trace trace_backward tril triu",
    "shape_composite":
        "alias_copy as_strided_copy cartesian_prod combinations diag diagflat expand_copy fliplr flipud meshgrid narrow_copy "
        "permute_copy repeat_interleave select_copy slice_copy squeeze_copy t_copy tile transpose_copy unfold_copy unsqueeze_copy "
        "view_as_complex_copy view_as_real_copy view_copy",
    "sobol": "_sobol_engine_draw _sobol_engine_ff_ _sobol_engine_initialize_state_ _sobol_engine_scramble_",
    "softmax":
        "_log_softmax _log_softmax_backward_data _softmax _softmax_backward_data log_softmax softmax special_log_softmax "
        "special_softmax",
    "sort": "argsort argwhere kthvalue median mode msort nanmedian nonzero nonzero_indices sort topk",
    "special_functions":
        "i0 igamma igammac mvlgamma special_airy_ai special_bessel_j0 special_bessel_j1 special_bessel_y0 special_bessel_y1 "
        "special_chebyshev_polynomial_t special_chebyshev_polynomial_u special_chebyshev_polynomial_v special_chebyshev_polynomial_w "
        "special_digamma special_entr special_erf special_erfc special_erfcx special_erfinv special_exp2 special_expit special_expm1 "
        "special_gammainc special_gammaincc special_gammaln special_hermite_polynomial_h special_hermite_polynomial_he special_i0 "
        "special_i0e special_i1 special_i1e special_laguerre_polynomial_l special_legendre_polynomial_p special_log1p special_log_ndtr "
        "special_logit special_logsumexp special_modified_bessel_i0 special_modified_bessel_i1 special_modified_bessel_k0 "
        "special_modified_bessel_k1 special_multigammaln special_ndtr special_ndtri special_polygamma special_psi special_round "
        "special_scaled_modified_bessel_k0 special_scaled_modified_bessel_k1 special_shifted_chebyshev_polynomial_t "
        "special_shifted_chebyshev_polynomial_u special_shifted_chebyshev_polynomial_v special_shifted_chebyshev_polynomial_w "
        "special_sinc special_spherical_bessel_j0 special_xlog1py special_xlogy special_zeta",
    "unique": "_unique2 unique_consecutive unique_dim",
    "upsample":
        "_upsample_bicubic2d_aa _upsample_bicubic2d_aa_backward _upsample_bilinear2d_aa _upsample_bilinear2d_aa_backward "
        "_upsample_lanczos2d_aa _upsample_lanczos2d_aa_backward _upsample_nearest_exact1d _upsample_nearest_exact1d_backward "
        "_upsample_nearest_exact2d _upsample_nearest_exact2d_backward _upsample_nearest_exact3d _upsample_nearest_exact3d_backward "
        "upsample_bicubic2d upsample_bicubic2d_backward upsample_bilinear2d upsample_bilinear2d_backward upsample_linear1d "
        "upsample_linear1d_backward upsample_nearest1d upsample_nearest1d_backward upsample_nearest2d upsample_nearest2d_backward "
        "upsample_nearest3d upsample_nearest3d_backward upsample_trilinear3d upsample_trilinear3d_backward",
    "view":
        "_reshape_alias _unsafe_view as_strided as_strided_backward expand permute squeeze t transpose unsqueeze view view_as_complex "
        "view_as_real",
    "view_composite":
        "adjoint atleast_1d atleast_2d atleast_3d broadcast_tensors broadcast_to chunk dsplit expand_as flatten hsplit imag moveaxis "
        "movedim narrow ravel real reshape reshape_as slice_inverse split sum_to sum_to_size swapaxes swapdims tensor_split unflatten "
        "unsafe_chunk view_as vsplit",
    "view_inplace":
        "_as_strided_scatter as_strided_ as_strided_scatter as_strided_steps squeeze_ strided_part strided_replace swapaxes_ swapdims_ "
        "t_ transpose_ unsqueeze_",
    "view_parts":
        "_primal_of_dual alias diagonal diagonal_backward select select_backward slice slice_backward split split_with_sizes unbind "
        "unfold unfold_backward unsafe_split unsafe_split_with_sizes",
    "weight_norm": "_weight_norm _weight_norm_interface",
    "window": "bartlett_window blackman_window hamming_window hann_window istft kaiser_window stft",
}
