// OpenCV behind a flat C interface: what bindings/OpenCvSharp calls.
//
// Every function returns 0, or 1 when OpenCV threw: the message then waits in avs_media_error() for the calling thread. No C++ exception
// crosses the boundary. A cv::Mat travels as an opaque pointer that avs_mat_delete frees.
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#define AVS_API extern "C" __attribute__((visibility("default")))

namespace {

// What the last failed call of this thread was.
struct Failure {
    int code = 0;
    std::string message, reason, function, file;
    int line = 0;
};
thread_local Failure failure;

void remember(int code, const char* message, const char* reason, const char* function, const char* file, int line) noexcept {
    try {
        failure = {code, message, reason, function, file, line};
    } catch (...) {
        failure.code = code;
    }
}

// The exception carries the message; OpenCV must not print it as well.
int swallow(int, const char*, const char*, const char*, int, void*) { return 0; }

struct QuietStart {
    QuietStart() {
        cv::redirectError(swallow);
        if (!std::getenv("OPENCV_LOG_LEVEL")) cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    }
} quiet_start;

template <typename Body>
int guarded(Body&& body) noexcept {
    try {
        body();
        return 0;
    } catch (const cv::Exception& e) {
        remember(e.code, e.what(), e.err.c_str(), e.func.c_str(), e.file.c_str(), e.line);
    } catch (const std::exception& e) {
        remember(cv::Error::StsInternal, e.what(), e.what(), "", "", 0);
    } catch (...) {
        remember(cv::Error::StsInternal, "an exception of unknown type in OpenCV", "unknown", "", "", 0);
    }
    return 1;
}

struct ScalarArg {
    double v[4];
    operator cv::Scalar() const { return {v[0], v[1], v[2], v[3]}; }
};

struct MatInfo {
    int32_t rows, cols, type, dims;
    uint8_t* data;
    int64_t step;
    int32_t continuous, submatrix;
};

// Polygons as one flat list of x,y pairs and the number of points of each.
std::vector<std::vector<cv::Point>> polygons(const cv::Point* points, const int32_t* counts, int32_t n) {
    std::vector<std::vector<cv::Point>> all(static_cast<size_t>(n));
    for (int32_t i = 0; i < n; i++) {
        all[static_cast<size_t>(i)].assign(points, points + counts[i]);
        points += counts[i];
    }
    return all;
}

}  // namespace

AVS_API int avs_media_error(const char** message, const char** reason, const char** function, const char** file, int32_t* line) {
    *message = failure.message.c_str();
    *reason = failure.reason.c_str();
    *function = failure.function.c_str();
    *file = failure.file.c_str();
    *line = failure.line;
    return failure.code;
}
AVS_API const char* avs_media_opencv_version() { return CV_VERSION; }
AVS_API int avs_set_num_threads(int32_t n) { return guarded([&] { cv::setNumThreads(n); }); }
AVS_API int avs_get_num_threads(int32_t* n) { return guarded([&] { *n = cv::getNumThreads(); }); }

// ---- Mat --------------------------------------------------------------------------------------------------------------------------

AVS_API int avs_mat_new(cv::Mat** out) { return guarded([&] { *out = new cv::Mat(); }); }
AVS_API void avs_mat_delete(cv::Mat* m) { delete m; }
AVS_API int avs_mat_new_sized(int32_t rows, int32_t cols, int32_t type, cv::Mat** out) {
    return guarded([&] { *out = new cv::Mat(rows, cols, type); });
}
AVS_API int avs_mat_new_filled(int32_t rows, int32_t cols, int32_t type, const ScalarArg* s, cv::Mat** out) {
    return guarded([&] { *out = new cv::Mat(rows, cols, type, *s); });
}
AVS_API int avs_mat_new_over(int32_t rows, int32_t cols, int32_t type, void* data, int64_t step, cv::Mat** out) {
    return guarded([&] { *out = new cv::Mat(rows, cols, type, data, static_cast<size_t>(step)); });
}
AVS_API int avs_mat_info(const cv::Mat* m, MatInfo* info) {
    return guarded([&] {
        *info = {m->rows, m->cols, m->type(), m->dims, m->data, m->dims > 0 ? static_cast<int64_t>(m->step[0]) : 0,
                 m->isContinuous(), m->isSubmatrix()};
    });
}
AVS_API int avs_mat_roi(const cv::Mat* m, int32_t x, int32_t y, int32_t width, int32_t height, cv::Mat** out) {
    return guarded([&] { *out = new cv::Mat(*m, cv::Rect(x, y, width, height)); });
}
AVS_API int avs_mat_reshape(const cv::Mat* m, int32_t channels, int32_t rows, cv::Mat** out) {
    return guarded([&] { *out = new cv::Mat(m->reshape(channels, rows)); });
}
AVS_API int avs_mat_transpose(const cv::Mat* m, cv::Mat* dst) { return guarded([&] { cv::transpose(*m, *dst); }); }
AVS_API int avs_mat_clone(const cv::Mat* m, cv::Mat** out) { return guarded([&] { *out = new cv::Mat(m->clone()); }); }
AVS_API int avs_mat_copy_to(const cv::Mat* m, cv::Mat* dst, const cv::Mat* mask) {
    return guarded([&] { mask->empty() ? m->copyTo(*dst) : m->copyTo(*dst, *mask); });
}
AVS_API int avs_mat_convert_to(const cv::Mat* m, cv::Mat* dst, int32_t type, double alpha, double beta) {
    return guarded([&] { m->convertTo(*dst, type, alpha, beta); });
}
AVS_API int avs_mat_set_to(cv::Mat* m, const cv::Mat* value, const cv::Mat* mask) {
    return guarded([&] { m->setTo(*value, *mask); });
}

// ---- Files ------------------------------------------------------------------------------------------------------------------------

AVS_API int avs_imread(const char* path, int32_t flags, cv::Mat** out) {
    return guarded([&] { *out = new cv::Mat(cv::imread(path, flags)); });
}
AVS_API int avs_imwrite(const char* path, const cv::Mat* m, const int32_t* params, int32_t n, int32_t* written) {
    return guarded([&] { *written = cv::imwrite(path, *m, std::vector<int>(params, params + n)); });
}
AVS_API int avs_imdecode(const uint8_t* bytes, int64_t n, int32_t flags, cv::Mat** out) {
    return guarded([&] {
        CV_Assert(n <= INT32_MAX);
        const cv::Mat file(1, static_cast<int>(n), CV_8UC1, const_cast<uint8_t*>(bytes));
        *out = new cv::Mat(cv::imdecode(file, flags));
    });
}
// The encoded bytes stay in *buffer until avs_bytes_delete.
AVS_API int avs_imencode(const char* ext, const cv::Mat* m, const int32_t* params, int32_t n, std::vector<uint8_t>** buffer,
                         const uint8_t** bytes, int64_t* length, int32_t* encoded) {
    return guarded([&] {
        auto* result = new std::vector<uint8_t>();
        *buffer = result;
        *encoded = cv::imencode(ext, *m, *result, std::vector<int>(params, params + n));
        *bytes = result->data();
        *length = static_cast<int64_t>(result->size());
    });
}
AVS_API void avs_bytes_delete(std::vector<uint8_t>* buffer) { delete buffer; }

// ---- Arithmetic -------------------------------------------------------------------------------------------------------------------

AVS_API int avs_add(const cv::Mat* a, const cv::Mat* b, cv::Mat* dst, const cv::Mat* mask, int32_t dtype) {
    return guarded([&] { cv::add(*a, *b, *dst, *mask, dtype); });
}
AVS_API int avs_subtract(const cv::Mat* a, const cv::Mat* b, cv::Mat* dst, const cv::Mat* mask, int32_t dtype) {
    return guarded([&] { cv::subtract(*a, *b, *dst, *mask, dtype); });
}
AVS_API int avs_multiply(const cv::Mat* a, const cv::Mat* b, cv::Mat* dst, double scale, int32_t dtype) {
    return guarded([&] { cv::multiply(*a, *b, *dst, scale, dtype); });
}
AVS_API int avs_divide(const cv::Mat* a, const cv::Mat* b, cv::Mat* dst, double scale, int32_t dtype) {
    return guarded([&] { cv::divide(*a, *b, *dst, scale, dtype); });
}
AVS_API int avs_absdiff(const cv::Mat* a, const cv::Mat* b, cv::Mat* dst) { return guarded([&] { cv::absdiff(*a, *b, *dst); }); }
AVS_API int avs_add_weighted(const cv::Mat* a, double alpha, const cv::Mat* b, double beta, double gamma, cv::Mat* dst, int32_t dtype) {
    return guarded([&] { cv::addWeighted(*a, alpha, *b, beta, gamma, *dst, dtype); });
}
AVS_API int avs_bitwise_or(const cv::Mat* a, const cv::Mat* b, cv::Mat* dst, const cv::Mat* mask) {
    return guarded([&] { cv::bitwise_or(*a, *b, *dst, *mask); });
}
AVS_API int avs_bitwise_and(const cv::Mat* a, const cv::Mat* b, cv::Mat* dst, const cv::Mat* mask) {
    return guarded([&] { cv::bitwise_and(*a, *b, *dst, *mask); });
}
AVS_API int avs_bitwise_xor(const cv::Mat* a, const cv::Mat* b, cv::Mat* dst, const cv::Mat* mask) {
    return guarded([&] { cv::bitwise_xor(*a, *b, *dst, *mask); });
}
AVS_API int avs_bitwise_not(const cv::Mat* a, cv::Mat* dst, const cv::Mat* mask) {
    return guarded([&] { cv::bitwise_not(*a, *dst, *mask); });
}
AVS_API int avs_compare(const cv::Mat* a, const cv::Mat* b, cv::Mat* dst, int32_t operation) {
    return guarded([&] { cv::compare(*a, *b, *dst, operation); });
}
AVS_API int avs_in_range(const cv::Mat* a, const cv::Mat* low, const cv::Mat* high, cv::Mat* dst) {
    return guarded([&] { cv::inRange(*a, *low, *high, *dst); });
}
AVS_API int avs_count_non_zero(const cv::Mat* m, int32_t* n) { return guarded([&] { *n = cv::countNonZero(*m); }); }
AVS_API int avs_mean(const cv::Mat* m, const cv::Mat* mask, ScalarArg* out) {
    return guarded([&] {
        const cv::Scalar s = cv::mean(*m, *mask);
        *out = {{s[0], s[1], s[2], s[3]}};
    });
}
AVS_API int avs_sum(const cv::Mat* m, ScalarArg* out) {
    return guarded([&] {
        const cv::Scalar s = cv::sum(*m);
        *out = {{s[0], s[1], s[2], s[3]}};
    });
}
AVS_API int avs_norm(const cv::Mat* a, const cv::Mat* b, int32_t type, double* out) {
    return guarded([&] { *out = b->empty() ? cv::norm(*a, type) : cv::norm(*a, *b, type); });
}
AVS_API int avs_min_max_loc(const cv::Mat* m, double* low, double* high, cv::Point* low_at, cv::Point* high_at, const cv::Mat* mask) {
    return guarded([&] { cv::minMaxLoc(*m, low, high, low_at, high_at, *mask); });
}
AVS_API int avs_extract_channel(const cv::Mat* m, cv::Mat* dst, int32_t channel) {
    return guarded([&] { cv::extractChannel(*m, *dst, channel); });
}
AVS_API int avs_merge(const cv::Mat* const* parts, int32_t n, cv::Mat* dst) {
    return guarded([&] {
        std::vector<cv::Mat> all;
        for (int32_t i = 0; i < n; i++) all.push_back(*parts[i]);
        cv::merge(all, *dst);
    });
}
AVS_API int avs_concat(const cv::Mat* const* parts, int32_t n, int32_t vertical, cv::Mat* dst) {
    return guarded([&] {
        std::vector<cv::Mat> all;
        for (int32_t i = 0; i < n; i++) all.push_back(*parts[i]);
        vertical ? cv::vconcat(all, *dst) : cv::hconcat(all, *dst);
    });
}

// ---- Geometry, colour, filters ----------------------------------------------------------------------------------------------------

AVS_API int avs_resize(const cv::Mat* m, cv::Mat* dst, int32_t width, int32_t height, double fx, double fy, int32_t interpolation) {
    return guarded([&] { cv::resize(*m, *dst, cv::Size(width, height), fx, fy, interpolation); });
}
AVS_API int avs_cvt_color(const cv::Mat* m, cv::Mat* dst, int32_t code, int32_t channels) {
    return guarded([&] { cv::cvtColor(*m, *dst, code, channels); });
}
AVS_API int avs_flip(const cv::Mat* m, cv::Mat* dst, int32_t code) { return guarded([&] { cv::flip(*m, *dst, code); }); }
AVS_API int avs_rotate(const cv::Mat* m, cv::Mat* dst, int32_t code) { return guarded([&] { cv::rotate(*m, *dst, code); }); }
AVS_API int avs_warp_affine(const cv::Mat* m, cv::Mat* dst, const cv::Mat* matrix, int32_t width, int32_t height, int32_t flags,
                            int32_t border, const ScalarArg* value) {
    return guarded([&] { cv::warpAffine(*m, *dst, *matrix, cv::Size(width, height), flags, border, *value); });
}
AVS_API int avs_rotation_matrix(float x, float y, double angle, double scale, cv::Mat** out) {
    return guarded([&] { *out = new cv::Mat(cv::getRotationMatrix2D(cv::Point2f(x, y), angle, scale)); });
}
AVS_API int avs_gaussian_blur(const cv::Mat* m, cv::Mat* dst, int32_t width, int32_t height, double sigma_x, double sigma_y, int32_t border) {
    return guarded([&] { cv::GaussianBlur(*m, *dst, cv::Size(width, height), sigma_x, sigma_y, border); });
}
AVS_API int avs_threshold(const cv::Mat* m, cv::Mat* dst, double threshold, double high, int32_t type, double* used) {
    return guarded([&] { *used = cv::threshold(*m, *dst, threshold, high, type); });
}
AVS_API int avs_apply_color_map(const cv::Mat* m, cv::Mat* dst, int32_t map) { return guarded([&] { cv::applyColorMap(*m, *dst, map); }); }
AVS_API int avs_copy_make_border(const cv::Mat* m, cv::Mat* dst, int32_t top, int32_t bottom, int32_t left, int32_t right, int32_t border,
                                 const ScalarArg* value) {
    return guarded([&] { cv::copyMakeBorder(*m, *dst, top, bottom, left, right, border, *value); });
}
AVS_API int avs_structuring_element(int32_t shape, int32_t width, int32_t height, int32_t x, int32_t y, cv::Mat** out) {
    return guarded([&] { *out = new cv::Mat(cv::getStructuringElement(shape, cv::Size(width, height), cv::Point(x, y))); });
}
AVS_API int avs_morphology(const cv::Mat* m, cv::Mat* dst, int32_t operation, const cv::Mat* element, int32_t iterations) {
    return guarded([&] { cv::morphologyEx(*m, *dst, operation, *element, cv::Point(-1, -1), iterations); });
}

// ---- Drawing ----------------------------------------------------------------------------------------------------------------------

AVS_API int avs_put_text(cv::Mat* m, const char* text, int32_t x, int32_t y, int32_t font, double scale, const ScalarArg* color,
                         int32_t thickness, int32_t line, int32_t bottom_left) {
    return guarded([&] { cv::putText(*m, text, cv::Point(x, y), font, scale, *color, thickness, line, bottom_left != 0); });
}
AVS_API int avs_text_size(const char* text, int32_t font, double scale, int32_t thickness, int32_t* baseline, cv::Size* size) {
    return guarded([&] { *size = cv::getTextSize(text, font, scale, thickness, baseline); });
}
AVS_API int avs_rectangle(cv::Mat* m, int32_t x1, int32_t y1, int32_t x2, int32_t y2, const ScalarArg* color, int32_t thickness,
                          int32_t line, int32_t shift) {
    return guarded([&] { cv::rectangle(*m, cv::Point(x1, y1), cv::Point(x2, y2), *color, thickness, line, shift); });
}
AVS_API int avs_line(cv::Mat* m, int32_t x1, int32_t y1, int32_t x2, int32_t y2, const ScalarArg* color, int32_t thickness, int32_t line,
                     int32_t shift) {
    return guarded([&] { cv::line(*m, cv::Point(x1, y1), cv::Point(x2, y2), *color, thickness, line, shift); });
}
AVS_API int avs_circle(cv::Mat* m, int32_t x, int32_t y, int32_t radius, const ScalarArg* color, int32_t thickness, int32_t line,
                       int32_t shift) {
    return guarded([&] { cv::circle(*m, cv::Point(x, y), radius, *color, thickness, line, shift); });
}
AVS_API int avs_polylines(cv::Mat* m, const cv::Point* points, const int32_t* counts, int32_t n, int32_t closed, const ScalarArg* color,
                          int32_t thickness, int32_t line, int32_t shift) {
    return guarded([&] { cv::polylines(*m, polygons(points, counts, n), closed != 0, *color, thickness, line, shift); });
}
AVS_API int avs_fill_poly(cv::Mat* m, const cv::Point* points, const int32_t* counts, int32_t n, const ScalarArg* color, int32_t line,
                          int32_t shift, int32_t x, int32_t y) {
    return guarded([&] { cv::fillPoly(*m, polygons(points, counts, n), *color, line, shift, cv::Point(x, y)); });
}
AVS_API int avs_draw_contours(cv::Mat* m, const cv::Point* points, const int32_t* counts, int32_t n, int32_t index, const ScalarArg* color,
                              int32_t thickness, int32_t line, const cv::Vec4i* hierarchy, int32_t levels, int32_t x, int32_t y) {
    return guarded([&] {
        const auto tree = hierarchy ? std::vector<cv::Vec4i>(hierarchy, hierarchy + n) : std::vector<cv::Vec4i>();
        cv::drawContours(*m, polygons(points, counts, n), index, *color, thickness, line, tree, levels, cv::Point(x, y));
    });
}

struct Contours {
    std::vector<cv::Point> points;
    std::vector<int32_t> counts;
    std::vector<cv::Vec4i> hierarchy;
};
// The contours stay in *found until avs_contours_delete; the pointers look into it.
AVS_API int avs_find_contours(const cv::Mat* m, int32_t mode, int32_t method, int32_t x, int32_t y, Contours** found, int32_t* n,
                              const cv::Point** points, const int32_t** counts, const cv::Vec4i** hierarchy) {
    return guarded([&] {
        std::vector<std::vector<cv::Point>> all;
        Contours result;
        cv::findContours(*m, all, result.hierarchy, mode, method, cv::Point(x, y));
        for (const auto& contour : all) {
            result.points.insert(result.points.end(), contour.begin(), contour.end());
            result.counts.push_back(static_cast<int32_t>(contour.size()));
        }
        auto* kept = new Contours(std::move(result));
        *found = kept;
        *n = static_cast<int32_t>(kept->counts.size());
        *points = kept->points.data();
        *counts = kept->counts.data();
        *hierarchy = kept->hierarchy.data();
    });
}
AVS_API void avs_contours_delete(Contours* c) { delete c; }

// ---- Video ------------------------------------------------------------------------------------------------------------------------

AVS_API int avs_capture_new(cv::VideoCapture** out) { return guarded([&] { *out = new cv::VideoCapture(); }); }
AVS_API void avs_capture_delete(cv::VideoCapture* c) { delete c; }
AVS_API int avs_capture_open(cv::VideoCapture* c, const char* path, int32_t api, int32_t* opened) {
    return guarded([&] { *opened = c->open(path, api); });
}
AVS_API int avs_capture_is_opened(const cv::VideoCapture* c, int32_t* opened) { return guarded([&] { *opened = c->isOpened(); }); }
AVS_API int avs_capture_read(cv::VideoCapture* c, cv::Mat* frame, int32_t* got) { return guarded([&] { *got = c->read(*frame); }); }
AVS_API int avs_capture_get(const cv::VideoCapture* c, int32_t property, double* value) {
    return guarded([&] { *value = c->get(property); });
}
AVS_API int avs_capture_set(cv::VideoCapture* c, int32_t property, double value, int32_t* accepted) {
    return guarded([&] { *accepted = c->set(property, value); });
}
AVS_API int avs_capture_release(cv::VideoCapture* c) { return guarded([&] { c->release(); }); }

AVS_API int avs_writer_new(cv::VideoWriter** out) { return guarded([&] { *out = new cv::VideoWriter(); }); }
AVS_API void avs_writer_delete(cv::VideoWriter* w) { delete w; }
AVS_API int avs_writer_open(cv::VideoWriter* w, const char* path, int32_t api, int32_t fourcc, double fps, int32_t width, int32_t height,
                            int32_t color, int32_t* opened) {
    return guarded([&] { *opened = w->open(path, api, fourcc, fps, cv::Size(width, height), color != 0); });
}
AVS_API int avs_writer_is_opened(const cv::VideoWriter* w, int32_t* opened) { return guarded([&] { *opened = w->isOpened(); }); }
AVS_API int avs_writer_write(cv::VideoWriter* w, const cv::Mat* frame) { return guarded([&] { w->write(*frame); }); }
AVS_API int avs_writer_release(cv::VideoWriter* w) { return guarded([&] { w->release(); }); }
