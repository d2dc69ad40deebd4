namespace OpenCvSharp;

// Names as in OpenCvSharp4, values as in OpenCV.

[Flags]
public enum ImreadModes
{
    Unchanged = -1, Grayscale = 0, Color = 1, AnyDepth = 2, AnyColor = 4, ReducedGrayscale2 = 16, ReducedColor2 = 17,
    ReducedGrayscale4 = 32, ReducedColor4 = 33, ReducedGrayscale8 = 64, ReducedColor8 = 65, IgnoreOrientation = 128,
}

public enum ImwriteFlags
{
    JpegQuality = 1, JpegProgressive = 2, JpegOptimize = 3, PngCompression = 16, PngStrategy = 17, PngBilevel = 18, PxmBinary = 32,
    WebPQuality = 64, TiffCompression = 259,
}

[Flags]
public enum InterpolationFlags
{
    Nearest = 0, Linear = 1, Cubic = 2, Area = 3, Lanczos4 = 4, LinearExact = 5, Max = 7, WarpFillOutliers = 8, WarpInverseMap = 16,
}

[Flags]
public enum ThresholdTypes { Binary = 0, BinaryInv = 1, Trunc = 2, Tozero = 3, TozeroInv = 4, Mask = 7, Otsu = 8, Triangle = 16 }

public enum BorderTypes
{
    Constant = 0, Replicate = 1, Reflect = 2, Wrap = 3, Reflect101 = 4, Transparent = 5, Default = Reflect101, Isolated = 16,
}

public enum FlipMode { X = 0, Y = 1, XY = -1 }

public enum RotateFlags { Rotate90Clockwise = 0, Rotate180 = 1, Rotate90Counterclockwise = 2 }

public enum CmpType { EQ = 0, GT = 1, GE = 2, LT = 3, LE = 4, NE = 5 }

[Flags]
public enum NormTypes { INF = 1, L1 = 2, L2 = 4, L2SQR = 5, MinMax = 32 }

public enum MorphTypes { Erode = 0, Dilate = 1, Open = 2, Close = 3, Gradient = 4, TopHat = 5, BlackHat = 6 }

public enum MorphShapes { Rect = 0, Cross = 1, Ellipse = 2 }

public enum ColorConversionCodes
{
    BGR2BGRA = 0, RGB2RGBA = 0, BGRA2BGR = 1, RGBA2RGB = 1, BGR2RGBA = 2, RGB2BGRA = 2, RGBA2BGR = 3, BGRA2RGB = 3, BGR2RGB = 4, RGB2BGR = 4,
    BGRA2RGBA = 5, RGBA2BGRA = 5, BGR2GRAY = 6, RGB2GRAY = 7, GRAY2BGR = 8, GRAY2RGB = 8, GRAY2BGRA = 9, GRAY2RGBA = 9, BGRA2GRAY = 10,
    RGBA2GRAY = 11, BGR2YCrCb = 36, RGB2YCrCb = 37, YCrCb2BGR = 38, YCrCb2RGB = 39, BGR2HSV = 40, RGB2HSV = 41, BGR2Lab = 44, RGB2Lab = 45,
    BGR2HLS = 52, RGB2HLS = 53, HSV2BGR = 54, HSV2RGB = 55, Lab2BGR = 56, Lab2RGB = 57, HLS2BGR = 60, HLS2RGB = 61,
    BGR2HSV_FULL = 66, RGB2HSV_FULL = 67, HSV2BGR_FULL = 70, HSV2RGB_FULL = 71,
}

public enum ColormapTypes
{
    Autumn = 0, Bone = 1, Jet = 2, Winter = 3, Rainbow = 4, Ocean = 5, Summer = 6, Spring = 7, Cool = 8, Hsv = 9, Pink = 10, Hot = 11,
    Parula = 12, Magma = 13, Inferno = 14, Plasma = 15, Viridis = 16, Cividis = 17, Twilight = 18, TwilightShifted = 19, Turbo = 20,
    DeepGreen = 21,
}

[Flags]
public enum HersheyFonts
{
    HersheySimplex = 0, HersheyPlain = 1, HersheyDuplex = 2, HersheyComplex = 3, HersheyTriplex = 4, HersheyComplexSmall = 5,
    HersheyScriptSimplex = 6, HersheyScriptComplex = 7, Italic = 16,
}

public enum LineTypes { Link8 = 8, Link4 = 4, AntiAlias = 16 }

public enum RetrievalModes { External = 0, List = 1, CComp = 2, Tree = 3, FloodFill = 4 }

public enum ContourApproximationModes { ApproxNone = 1, ApproxSimple = 2, ApproxTC89L1 = 3, ApproxTC89KCOS = 4 }

public enum VideoCaptureAPIs { ANY = 0, V4L2 = 200, GSTREAMER = 1800, FFMPEG = 1900, IMAGES = 2000, OPENCV_MJPEG = 2200 }

public enum VideoCaptureProperties
{
    PosMsec = 0, PosFrames = 1, PosAviRatio = 2, FrameWidth = 3, FrameHeight = 4, Fps = 5, FourCC = 6, FrameCount = 7, Format = 8,
    ConvertRgb = 16,
}
