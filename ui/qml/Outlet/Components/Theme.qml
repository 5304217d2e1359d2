import QtQuick
import Outlet.Models

// Colours, sizes and motion of one face. A value handed down, never a singleton.
QtObject {
    id: root

    required property Appearance appearance
    required property real availableWidth
    property bool practising: false

    readonly property bool dark: appearance.themeName === "dark"
    readonly property bool contrast: appearance.themeName === "contrast"

    readonly property color ground: contrast ? "#000000" : dark ? "#0D1411" : "#F3F6F4"
    readonly property color surface: contrast ? "#000000" : dark ? "#16201B" : "#FFFFFF"
    readonly property color ink: contrast ? "#FFFFFF" : dark ? "#E9F1EC" : "#14211B"
    readonly property color muted: contrast ? "#FFFFFF" : dark ? "#A3B5AB" : "#55665D"
    readonly property color hint: contrast ? "#C9C9C9" : muted
    readonly property color line: contrast ? "#FFFFFF" : dark ? "#2B3932" : "#DDE5E0"
    readonly property color primary: contrast ? "#FFE600" : dark ? "#1B8A55" : "#0A7A45"
    readonly property color pressed: contrast ? "#FFFFFF" : dark ? "#136B41" : "#086238"
    readonly property color primaryInk: contrast ? "#000000" : "#FFFFFF"
    readonly property color accent: contrast ? "#FFE600" : dark ? "#62D39C" : "#0A7A45"
    readonly property color training: contrast ? "#FF7BF2" : dark ? "#8A4FC7" : "#6A2C9C"
    readonly property color trainingInk: contrast ? "#000000" : "#FFFFFF"
    readonly property color deep: practising ? (contrast ? "#000000" : dark ? "#2A1140" : "#3E1A5C") : contrast ? "#000000" : dark ? "#081D14" : "#0B3D2A"
    readonly property color deepInk: contrast ? "#FFFFFF" : "#FFFFFF"
    readonly property color deepMuted: contrast ? "#FFFFFF" : "#B5D2C4"
    readonly property color pill: practising && !contrast ? (dark ? "#45206A" : "#582A80") : contrast ? "#000000" : dark ? "#123224" : "#14513A"
    readonly property color tint: contrast ? "#3A3600" : dark ? "#18352A" : "#E6F3EB"
    readonly property color amber: contrast ? "#FFC247" : dark ? "#F4B860" : "#9A5200"
    readonly property color warm: contrast ? "#000000" : dark ? "#33260F" : "#FFF3E0"
    readonly property color danger: contrast ? "#FF8A80" : dark ? "#FF9A91" : "#B3261E"
    readonly property color dangerTint: contrast ? "#000000" : dark ? "#3A1B19" : "#FDECEA"
    readonly property color focusRing: contrast ? "#00E5FF" : dark ? "#7BE3B0" : "#0A7A45"
    readonly property color footer: contrast ? "#000000" : dark ? "#111A16" : "#E8EEEA"
    readonly property color shade: contrast ? "#CC000000" : "#990B1F16"
    readonly property color lampOk: contrast ? "#FFFFFF" : "#52D69A"
    readonly property color lampWait: "#FFC14D"
    readonly property color lampDanger: "#FF8A80"

    readonly property real scale: appearance.textScale / 100
    readonly property int small: Math.round(14 * scale)
    readonly property int body: Math.round(18 * scale)
    readonly property int large: Math.round(44 * scale)
    readonly property int gap: 4
    readonly property int radius: 10
    readonly property int control: Math.round(48 * scale)
    readonly property int icon: Math.round(22 * scale)
    readonly property int hairline: contrast ? 2 : 1
    readonly property int motion: appearance.reduceMotion ? 0 : 120

    // Less room than text: side rails fold to icons, the payment takes the whole width.
    readonly property bool narrow: availableWidth / scale < 1050

    function toneInk(tone: string): color {
        return tone === "ok" ? accent : tone === "wait" ? amber : tone === "danger" ? danger : muted;
    }

    function toneGround(tone: string): color {
        return tone === "ok" ? tint : tone === "wait" ? warm : tone === "danger" ? dangerTint : ground;
    }

    function lamp(tone: string): color {
        return tone === "ok" ? lampOk : tone === "danger" ? lampDanger : lampWait;
    }
}
